//! The numbers of drivers that programs look for in an [`AdapterInfo`](crate::AdapterInfo).
//!
//! The crate `wgpu-hal`, which `wgpu` re-exports here, is in the engine library, and its objects cannot be got at from
//! outside: beyond these numbers, nothing of it is there.

/// What is the same for all drivers.
pub mod auxil {
    /// Numbers that are given out to makers of hardware.
    pub mod db {
        macro_rules! vendors {
            ($($module:ident $name:literal $number:literal;)*) => {$(
                #[doc = $name]
                pub mod $module {
                    #[doc = concat!("What [`AdapterInfo::vendor`](crate::AdapterInfo::vendor) is for ", $name, ".")]
                    pub const VENDOR: u32 = $number;
                }
            )*};
        }

        // By the PCI SIG, but for Mesa, whose number is Vulkan's.
        vendors! {
            amd "AMD" 0x1002;
            apple "Apple" 0x106b;
            arm "Arm" 0x13b5;
            broadcom "Broadcom" 0x14e4;
            imgtec "Imagination Technologies" 0x1010;
            intel "Intel" 0x8086;
            mesa "Mesa's software drivers" 0x1_0005;
            nvidia "NVIDIA" 0x10de;
            qualcomm "Qualcomm" 0x5143;
        }
    }
}
