#version 450

// The fragment shader of shaders.wgsl in GLSL, line by line. The same in SPIR-V is made of it by
//     glslangValidator -V shaders.frag -o shaders.frag.spv

// From -1 to 1 on both axes.
layout(location = 0) in vec2 place;
layout(location = 0) out vec4 result;

// How much of a pixel lies inside of a flower.
float flower(vec2 place, float petals, float size, float depth) {
    float edge = size + depth * cos(petals * atan(place.y, place.x));
    return 1.0 - smoothstep(-0.004, 0.004, length(place) - edge);
}

void main() {
    vec3 night = vec3(0.012, 0.027, 0.070);
    vec3 sky = vec3(0.035, 0.085, 0.180);
    vec3 coral = vec3(0.800, 0.160, 0.080);
    vec3 amber = vec3(0.900, 0.480, 0.070);
    vec3 cream = vec3(0.900, 0.800, 0.630);

    float rays = smoothstep(-0.15, 0.15, cos(20.0 * atan(place.x, place.y)));
    vec3 color = mix(night, sky, rays * smoothstep(0.2, 1.1, length(place) + 0.25 * place.y));
    color = mix(color, coral, flower(place, 12.0, 0.36, 0.045));
    color = mix(color, night, flower(place, 12.0, 0.32, 0.040));
    color = mix(color, amber, flower(place, 8.0, 0.26, 0.050));
    color = mix(color, coral, flower(-place, 8.0, 0.20, 0.040));
    color = mix(color, night, flower(place, 8.0, 0.15, 0.030));
    color = mix(color, cream, flower(place, 6.0, 0.10, 0.025));
    color = mix(color, coral, flower(place, 6.0, 0.04, 0.000));
    result = vec4(color, 1.0);
}
