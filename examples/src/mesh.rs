//! Bodies to draw: their vertices, and the buffers these lie in.

use webgpu as wgpu;

use std::f32::consts::{PI, TAU};
use std::ops::Range;

use bytemuck::{Pod, Zeroable};
use glam::{Vec2, Vec3};
use wgpu::util::DeviceExt;

use crate::Gpu;

/// A point of a body's surface.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Vertex {
    /// Where it is.
    pub position: Vec3,
    /// Away from the surface, of length 1.
    pub normal: Vec3,
    /// Where it is in a texture; the origin is the upper left corner.
    pub uv: Vec2,
}

impl Vertex {
    /// How shaders find the fields: at the locations 0, 1 and 2.
    pub const LAYOUT: wgpu::VertexBufferLayout<'static> = wgpu::VertexBufferLayout {
        array_stride: size_of::<Vertex>() as wgpu::BufferAddress,
        step_mode: wgpu::VertexStepMode::Vertex,
        attributes: &wgpu::vertex_attr_array![0 => Float32x3, 1 => Float32x3, 2 => Float32x2],
    };
}

/// The surface of a body, in triangles that are counterclockwise when seen from outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Its points.
    pub vertices: Vec<Vertex>,
    /// Three numbers of vertices for each triangle.
    pub indices: Vec<u32>,
}

impl Shape {
    /// A cube with edges of length 2 around the origin; the texture covers each of its faces.
    #[must_use]
    pub fn cube() -> Shape {
        let mut cube = Shape::default();
        for normal in [Vec3::X, Vec3::NEG_X, Vec3::Y, Vec3::NEG_Y, Vec3::Z, Vec3::NEG_Z] {
            let (right, up) = if normal.y == 0.0 {
                (Vec3::Y.cross(normal), Vec3::Y)
            } else {
                (Vec3::X, normal.cross(Vec3::X))
            };
            cube.add_grid(1, 1, |uv| Vertex {
                position: normal + (2.0 * uv.x - 1.0) * right + (1.0 - 2.0 * uv.y) * up,
                normal,
                uv,
            });
        }
        cube
    }

    /// A square of the ground with edges of length 2, as a grid of `cells` by `cells` squares. It looks up.
    #[must_use]
    pub fn plane(cells: u32) -> Shape {
        let mut plane = Shape::default();
        plane.add_grid(cells, cells, |uv| Vertex {
            position: Vec3::new(2.0 * uv.x - 1.0, 0.0, 2.0 * uv.y - 1.0),
            normal: Vec3::Y,
            uv,
        });
        plane
    }

    /// A sphere of radius 1 around the origin.
    #[must_use]
    pub fn sphere() -> Shape {
        let mut sphere = Shape::default();
        sphere.add_grid(64, 32, |uv| {
            let (longitude, latitude) = (TAU * uv.x, PI * (0.5 - uv.y));
            let (z, x) = longitude.sin_cos();
            let normal = Vec3::new(x * latitude.cos(), latitude.sin(), -z * latitude.cos());
            Vertex { position: normal, normal, uv }
        });
        sphere
    }

    /// A ring that lies on the ground: the middle of its tube is 1 from the origin, the tube as thick as `radius` says.
    #[must_use]
    pub fn torus(radius: f32) -> Shape {
        let mut torus = Shape::default();
        torus.add_grid(96, 32, |uv| {
            let (along, around) = (TAU * uv.x, PI * (1.0 - 2.0 * uv.y));
            let outwards = Vec3::new(along.cos(), 0.0, -along.sin());
            let normal = around.cos() * outwards + around.sin() * Vec3::Y;
            Vertex { position: outwards + radius * normal, normal, uv }
        });
        torus
    }

    /// Adds a surface that is bent out of a texture of `columns` by `rows` rectangles.
    fn add_grid(&mut self, columns: u32, rows: u32, vertex: impl Fn(Vec2) -> Vertex) {
        let first = self.vertices.len() as u32;
        for row in 0..=rows {
            for column in 0..=columns {
                let uv = Vec2::new(column as f32 / columns as f32, row as f32 / rows as f32);
                self.vertices.push(vertex(uv));
            }
        }
        for row in 0..rows {
            for column in 0..columns {
                let upper = first + row * (columns + 1) + column;
                let lower = upper + columns + 1;
                self.indices.extend([upper, lower, lower + 1, upper, lower + 1, upper + 1]);
            }
        }
    }
}

/// A shape in the device's memory.
#[derive(Clone, Debug)]
pub struct Mesh {
    vertices: wgpu::Buffer,
    indices: wgpu::Buffer,
    index_count: u32,
}

impl Mesh {
    /// Copies a shape to the device.
    #[must_use]
    pub fn new(gpu: &Gpu, shape: &Shape) -> Mesh {
        let buffer = |label, contents, usage| {
            gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: Some(label),
                contents,
                usage,
            })
        };
        let vertices = bytemuck::cast_slice(&shape.vertices);
        let indices = bytemuck::cast_slice(&shape.indices);
        Mesh {
            vertices: buffer("vertices", vertices, wgpu::BufferUsages::VERTEX),
            indices: buffer("indices", indices, wgpu::BufferUsages::INDEX),
            index_count: shape.indices.len() as u32,
        }
    }

    /// Draws it with the pipeline that is set, whose vertex buffer 0 has [`Vertex::LAYOUT`].
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, instances: Range<u32>) {
        pass.set_vertex_buffer(0, self.vertices.slice(..));
        pass.set_index_buffer(self.indices.slice(..), wgpu::IndexFormat::Uint32);
        pass.draw_indexed(0..self.index_count, 0, instances);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes() -> [Shape; 4] {
        [Shape::cube(), Shape::plane(3), Shape::sphere(), Shape::torus(0.3)]
    }

    #[test]
    fn triangles_face_where_their_normals_point() {
        for shape in shapes() {
            for triangle in shape.indices.chunks(3) {
                let [a, b, c] = [0, 1, 2].map(|corner| shape.vertices[triangle[corner] as usize]);
                let face = (b.position - a.position).cross(c.position - a.position);
                // At the poles of a sphere triangles have no area.
                let area = face.length();
                assert!(area < 1e-6 || face.dot(a.normal + b.normal + c.normal) > 2.0 * area);
            }
        }
    }

    #[test]
    fn normals_have_length_1_and_textures_are_used_whole() {
        for shape in shapes() {
            assert!(shape.vertices.iter().all(|vertex| vertex.normal.is_normalized()));
            let uvs = || shape.vertices.iter().map(|vertex| vertex.uv);
            assert_eq!(uvs().reduce(Vec2::min), Some(Vec2::ZERO));
            assert_eq!(uvs().reduce(Vec2::max), Some(Vec2::ONE));
        }
    }
}
