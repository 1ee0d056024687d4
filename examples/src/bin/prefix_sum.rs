//! The prefix sum of many numbers: each becomes the sum of all up to it.
//!
//! A sum that depends on all before it looks serial. Here blocks are summed up at the same time, in workgroup memory; the
//! sums of the blocks are an array too, a smaller one, whose prefix sum is found in the same way.

use webgpu as wgpu;

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, ensure};
use examples::Gpu;
use examples::kernel::{self, Kernel};

const HELP: &str = "\
Sums up a million numbers, keeps every sum on the way, and checks all of them against the CPU.

Usage: prefix_sum
";

/// Elements of a block, as the shader has it.
const BLOCK: usize = 256;
/// How many numbers are summed up: not a multiple of a block, so that the last one is not full.
const ELEMENTS: usize = 1_000_003;

fn main() -> ExitCode {
    kernel::main("prefix_sum", HELP, |gpu, out| {
        let mut random = fastrand::Rng::with_seed(1);
        let numbers: Vec<u32> = (0..ELEMENTS).map(|_| random.u32(0..10)).collect();

        let start = Instant::now();
        let sums = PrefixSum::new(gpu).run(gpu, &numbers)?;
        let time = start.elapsed();

        writeln!(out, "numbers  {}", first(&numbers))?;
        writeln!(out, "sums     {}", first(&sums))?;
        check(&numbers, &sums)?;
        writeln!(out, "prefix sum of {ELEMENTS} numbers, in {time:.1?}: the CPU agrees")?;
        Ok(())
    })
}

struct PrefixSum {
    scan: Kernel,
    add: Kernel,
}

impl PrefixSum {
    fn new(gpu: &Gpu) -> PrefixSum {
        let module = gpu
            .device
            .create_shader_module(wgpu::include_wgsl!("../../../shaders/prefix_sum.wgsl"));
        PrefixSum { scan: Kernel::new(gpu, &module, "scan"), add: Kernel::new(gpu, &module, "add") }
    }

    fn run(&self, gpu: &Gpu, numbers: &[u32]) -> Result<Vec<u32>> {
        let values = kernel::storage(gpu, "values", numbers);
        kernel::submit(gpu, |pass| self.record(gpu, pass, &values, numbers.len()));
        kernel::read(gpu, &values)
    }

    /// Replaces the values in the buffer by their prefix sum.
    fn record(
        &self,
        gpu: &Gpu,
        pass: &mut wgpu::ComputePass<'_>,
        values: &wgpu::Buffer,
        elements: usize,
    ) {
        let blocks = elements.div_ceil(BLOCK);
        let sums = kernel::zeroed::<u32>(gpu, "sums of blocks", blocks);
        let workgroups = [blocks as u32, 1, 1];
        self.scan.dispatch(gpu, pass, &[values, &sums], workgroups);
        if blocks > 1 {
            self.record(gpu, pass, &sums, blocks);
            self.add.dispatch(gpu, pass, &[values, &sums], workgroups);
        }
    }
}

/// Compares with what the CPU sums up.
fn check(numbers: &[u32], sums: &[u32]) -> Result<()> {
    ensure!(sums.len() == numbers.len(), "{} sums came", sums.len());
    let mut expected = 0;
    for (i, (number, &sum)) in numbers.iter().zip(sums).enumerate() {
        expected += number;
        ensure!(sum == expected, "the sum up to element {i} is {expected}, the GPU says {sum}");
    }
    Ok(())
}

/// The first few, side by side.
fn first(numbers: &[u32]) -> String {
    let numbers: Vec<String> =
        numbers.iter().take(12).map(|number| format!("{number:>3}")).collect();
    format!("{} …", numbers.join(" "))
}
