// This does not compile, on purpose: nothing here is called `blue`.

@fragment
fn fragment() -> @location(0) vec4f {
    return vec4f(1.0, 0.5, blue, 1.0);
}
