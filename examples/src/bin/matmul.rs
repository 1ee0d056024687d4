//! The product of two matrices, twice: simply, and in tiles that a workgroup shares in its own memory.

use webgpu as wgpu;

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use examples::Gpu;
use examples::kernel::{self, Kernel};

const HELP: &str = "\
Multiplies two matrices, first simply, then in tiles in workgroup memory, and checks both products against the CPU.

Usage: matmul
";

/// Rows and columns of a tile, as the shader has it.
const TILE: usize = 16;
/// Rows of the left matrix; its columns, which are the rows of the right one; columns of the right one. They are no
/// multiples of a tile: those at the edges are not full.
const SIZES: [usize; 3] = [250, 180, 200];

/// A matrix, row by row.
struct Matrix {
    rows: usize,
    columns: usize,
    elements: Vec<f32>,
}

impl Matrix {
    /// Elements are small integers: their products and sums are exact in f32, and can be compared with `==`.
    fn random(rows: usize, columns: usize, random: &mut fastrand::Rng) -> Matrix {
        let elements = (0..rows * columns).map(|_| random.i8(-8..=8).into()).collect();
        Matrix { rows, columns, elements }
    }

    fn at(&self, row: usize, column: usize) -> f32 {
        self.elements[row * self.columns + column]
    }
}

fn main() -> ExitCode {
    kernel::main("matmul", HELP, |gpu, out| {
        let mut random = fastrand::Rng::with_seed(1);
        let [rows, inner, columns] = SIZES;
        let left = Matrix::random(rows, inner, &mut random);
        let right = Matrix::random(inner, columns, &mut random);
        let expected = multiply_on_cpu(&left, &right);

        writeln!(out, "{rows}x{inner} by {inner}x{columns}:")?;
        for kernel in ["simple", "tiled"] {
            let (product, time) = multiply(gpu, kernel, &left, &right)?;
            check(&product, &expected)?;
            writeln!(out, "{kernel:>8}, in {time:.1?}: the CPU agrees")?;
        }
        Ok(())
    })
}

/// The product as this kernel finds it, and how long that takes once the pipeline is there.
fn multiply(gpu: &Gpu, kernel: &str, left: &Matrix, right: &Matrix) -> Result<(Matrix, Duration)> {
    let module =
        gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/matmul.wgsl"));
    let kernel = Kernel::new(gpu, &module, kernel);
    let (rows, inner, columns) = (left.rows, left.columns, right.columns);

    let buffers = [
        &kernel::uniform(gpu, "sizes", &[rows as u32, inner as u32, columns as u32, 0]),
        &kernel::storage(gpu, "left", &left.elements),
        &kernel::storage(gpu, "right", &right.elements),
        &kernel::zeroed::<f32>(gpu, "product", rows * columns),
    ];
    let workgroups = [columns.div_ceil(TILE) as u32, rows.div_ceil(TILE) as u32, 1];
    let run = || {
        let start = Instant::now();
        kernel::submit(gpu, |pass| kernel.dispatch(gpu, pass, &buffers, workgroups));
        let elements = kernel::read(gpu, buffers[3])?;
        Ok((Matrix { rows, columns, elements }, start.elapsed()))
    };
    // Drivers compile shaders when they are first used.
    run().and_then(|_| run())
}

fn multiply_on_cpu(left: &Matrix, right: &Matrix) -> Matrix {
    let (rows, columns) = (left.rows, right.columns);
    let mut elements = vec![0.0; rows * columns];
    for (row, sums) in elements.chunks_mut(columns).enumerate() {
        for i in 0..left.columns {
            let factor = left.at(row, i);
            let others = &right.elements[i * columns..];
            for (sum, other) in sums.iter_mut().zip(others) {
                *sum += factor * other;
            }
        }
    }
    Matrix { rows, columns, elements }
}

fn check(product: &Matrix, expected: &Matrix) -> Result<()> {
    ensure!(
        product.elements.len() == expected.elements.len(),
        "{} elements came",
        product.elements.len()
    );
    for row in 0..expected.rows {
        for column in 0..expected.columns {
            let (expected, found) = (expected.at(row, column), product.at(row, column));
            ensure!(
                found == expected,
                "row {row}, column {column}: {expected} expected, the GPU says {found}"
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_multiplies() {
        let left = Matrix { rows: 1, columns: 2, elements: vec![3.0, 4.0] };
        let right = Matrix { rows: 2, columns: 3, elements: vec![1.0, 2.0, 3.0, 10.0, 20.0, 30.0] };
        let product = multiply_on_cpu(&left, &right);
        assert_eq!((product.rows, product.columns), (1, 3));
        assert_eq!(product.elements, [43.0, 86.0, 129.0]);
    }
}
