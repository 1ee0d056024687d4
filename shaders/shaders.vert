#version 450

// The vertex shader of shaders.wgsl in GLSL. The same in SPIR-V is made of it by
//     glslangValidator -V shaders.vert -o shaders.vert.spv

// From -1 to 1 on both axes.
layout(location = 0) out vec2 place;

// A triangle that covers the whole viewport, and more.
void main() {
    place = vec2(gl_VertexIndex == 1 ? 3.0 : -1.0, gl_VertexIndex == 2 ? 3.0 : -1.0);
    gl_Position = vec4(place, 0.0, 1.0);
}
