// Doubles numbers. `double.spv` is this, compiled: glslangValidator -V double.comp -o double.spv
#version 450

layout(local_size_x = 1) in;
layout(std430, set = 0, binding = 0) buffer Numbers { uint numbers[]; };

void main() {
    numbers[gl_GlobalInvocationID.x] *= 2;
}
