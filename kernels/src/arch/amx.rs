//! AMX: the bf16 product on tiles of sixteen rows by 64 bytes.
//!
//! The intrinsics are not stable, so the instructions are written out. rustc never uses a tile register by itself, so what
//! one `asm!` block leaves in them, the next one finds. Source: Intel 64 and IA-32 Architectures Software Developer's
//! Manual, volume 1, chapter 18; Linux, Documentation/arch/x86/xstate.rst.

use std::arch::asm;
use std::arch::x86_64::__cpuid_count;
use std::sync::OnceLock;

use crate::bf16::{Bf16Product, Line, PANEL, ROWS, STEP_LINES};

/// Whether this process may use tiles of bf16 and int8. The first call asks the system for the tiles' state.
pub(crate) fn is_available() -> bool {
    static AVAILABLE: OnceLock<bool> = OnceLock::new();
    *AVAILABLE.get_or_init(|| has_tiles() && request_permission())
}

fn has_tiles() -> bool {
    const BF16: u32 = 1 << 22;
    const TILE: u32 = 1 << 24;
    const INT8: u32 = 1 << 25;
    // Leaf 7 exists on every CPU with AVX2, which the caller has tested for.
    let edx = __cpuid_count(7, 0).edx;
    edx & (BF16 | TILE | INT8) == BF16 | TILE | INT8
}

/// `arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA)`: 8 KB more state for each thread, of which the kernel wants to
/// know. It refuses where the system or a signal stack cannot hold it.
#[cfg(target_os = "linux")]
fn request_permission() -> bool {
    const SYS_ARCH_PRCTL: i64 = 158;
    const ARCH_REQ_XCOMP_PERM: i64 = 0x1023;
    const XFEATURE_XTILEDATA: i64 = 18;
    let result: i64;
    // SAFETY: the call takes two integers, touches no memory of ours, and clobbers only what is named.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") SYS_ARCH_PRCTL => result,
            in("rdi") ARCH_REQ_XCOMP_PERM,
            in("rsi") XFEATURE_XTILEDATA,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result == 0
}

#[cfg(not(target_os = "linux"))]
fn request_permission() -> bool {
    false
}

/// The layout of `ldtilecfg`'s operand.
#[repr(C, align(64))]
struct TileConfig {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

/// All eight tiles full: sixteen rows of 64 bytes.
static FULL_TILES: TileConfig = TileConfig {
    palette: 1,
    start_row: 0,
    reserved: [0; 14],
    row_bytes: [64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0],
    rows: [16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0],
};

const _: () = assert!(size_of::<TileConfig>() == 64);

/// This thread's tiles, configured; released when dropped, so that the system need not save them.
pub(crate) struct Tiles(());

impl Tiles {
    /// # Safety
    /// [`is_available`] must have said so.
    #[inline]
    pub(crate) unsafe fn configure() -> Self {
        // SAFETY: the process has the permission, and the operand is a valid configuration of 64 bytes.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const FULL_TILES, options(nostack, readonly)) };
        Self(())
    }
}

impl Drop for Tiles {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a value of this type exists only where the instruction does.
        unsafe { asm!("tilerelease", options(nostack, nomem)) };
    }
}

/// See [`crate::Kernels::gemm_bf16`].
///
/// # Safety
/// [`is_available`] must have said so, and `product` and `acc` must have passed [`Bf16Product::check`].
pub(crate) unsafe fn gemm_bf16(product: &Bf16Product<'_>, acc: &mut [f32], acc_stride: usize) {
    let Bf16Product { lhs, row_stride, rows, .. } = *product;
    // SAFETY: the caller vouches for the tiles, and that every row of `lhs` and `acc` down to `rows` exists.
    unsafe {
        let _tiles = Tiles::configure();
        let (lhs, acc) = (lhs.as_ptr(), acc.as_mut_ptr());
        // A panel's weights serve all rows while they are near.
        for (first, product) in product.each_panel() {
            let acc = acc.add(first);
            let mut r = 0;
            while r + 2 * ROWS <= rows {
                two_row_tiles(&product, lhs.add(r * row_stride), acc.add(r * acc_stride), acc_stride);
                r += 2 * ROWS;
            }
            if r < rows {
                one_row_tile(&product, lhs.add(r * row_stride), acc.add(r * acc_stride), acc_stride);
            }
        }
    }
}

/// 32 rows by 32 outputs: four products for four loads.
///
/// # Safety
/// Tiles are configured; the rows exist at `lhs` and `acc`.
#[inline]
unsafe fn two_row_tiles(product: &Bf16Product<'_>, lhs: *const Line, acc: *mut f32, acc_stride: usize) {
    let row_bytes = product.row_stride * size_of::<Line>();
    // SAFETY: the caller vouches for the tiles and the rows; the panel holds `taps · steps` steps of 2 KB.
    unsafe {
        asm!(
            "test {flag:e}, {flag:e}",
            "jz 4f",
            "mov {n}, {acc_bytes}",
            "shl {n}, 4",
            "add {n}, {c}",
            "tileloadd tmm0, [{c} + {acc_bytes}*1]",
            "tileloadd tmm1, [{c} + {acc_bytes}*1 + 64]",
            "tileloadd tmm2, [{n} + {acc_bytes}*1]",
            "tileloadd tmm3, [{n} + {acc_bytes}*1 + 64]",
            "jmp 2f",
            "4:",
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            "2:",
            // Before the last tap, ask for the lines that the sums will be stored to: the weights have pushed them out of the
            // first-level cache, and stores that miss would fill the store buffer and hold everything up.
            "cmp {taps}, 1",
            "jne 6f",
            "mov {n}, 32",
            "mov {flag}, {c}",
            "5:",
            "prefetchw [{flag}]",
            "prefetchw [{flag} + 64]",
            "add {flag}, {acc_bytes}",
            "dec {n}",
            "jnz 5b",
            "6:",
            "mov {flag}, {tap0}",
            "mov {a1}, {stride}",
            "shl {a1}, 4",
            "add {a1}, {tap0}",
            "mov {n}, {steps}",
            "3:",
            "tileloadd tmm4, [{flag} + {stride}*1]",
            "tileloadd tmm6, [{b} + {line}*1]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{b} + {line}*1 + 1024]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tileloadd tmm5, [{a1} + {stride}*1]",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            "add {flag}, 64",
            "add {a1}, 64",
            "add {b}, 2048",
            "dec {n}",
            "jnz 3b",
            "add {tap0}, {tap_bytes}",
            "dec {taps}",
            "jnz 2b",
            "tilestored [{c} + {acc_bytes}*1], tmm0",
            "tilestored [{c} + {acc_bytes}*1 + 64], tmm1",
            "mov {n}, {acc_bytes}",
            "shl {n}, 4",
            "add {c}, {n}",
            "tilestored [{c} + {acc_bytes}*1], tmm2",
            "tilestored [{c} + {acc_bytes}*1 + 64], tmm3",
            flag = inout(reg) u64::from(product.accumulate) => _,
            a1 = out(reg) _,
            n = out(reg) _,
            tap0 = inout(reg) lhs => _,
            steps = in(reg) product.steps,
            taps = inout(reg) product.taps => _,
            tap_bytes = in(reg) product.tap_stride * size_of::<Line>(),
            stride = in(reg) row_bytes,
            line = in(reg) size_of::<Line>(),
            b = inout(reg) product.panels.as_ptr() => _,
            c = inout(reg) acc => _,
            acc_bytes = in(reg) acc_stride * size_of::<f32>(),
            options(nostack),
        );
    }
    // The 16 rows of a tile are the shift by 4, a step's weights the 2,048 bytes.
    const { assert!(ROWS == 16 && PANEL == 32 && STEP_LINES * size_of::<Line>() == 2048) };
}

/// Sixteen rows by 32 outputs, for what is left.
///
/// # Safety
/// As [`two_row_tiles`].
#[inline]
unsafe fn one_row_tile(product: &Bf16Product<'_>, lhs: *const Line, acc: *mut f32, acc_stride: usize) {
    let row_bytes = product.row_stride * size_of::<Line>();
    // SAFETY: the caller vouches for the tiles and the rows; the panel holds `taps · steps` steps of 2 KB.
    unsafe {
        asm!(
            "test {flag:e}, {flag:e}",
            "jz 4f",
            "tileloadd tmm0, [{c} + {acc_bytes}*1]",
            "tileloadd tmm1, [{c} + {acc_bytes}*1 + 64]",
            "jmp 2f",
            "4:",
            "tilezero tmm0",
            "tilezero tmm1",
            "2:",
            "mov {flag}, {tap}",
            "mov {n}, {steps}",
            "3:",
            "tileloadd tmm4, [{flag} + {stride}*1]",
            "tileloadd tmm6, [{b} + {line}*1]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{b} + {line}*1 + 1024]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "add {flag}, 64",
            "add {b}, 2048",
            "dec {n}",
            "jnz 3b",
            "add {tap}, {tap_bytes}",
            "dec {taps}",
            "jnz 2b",
            "tilestored [{c} + {acc_bytes}*1], tmm0",
            "tilestored [{c} + {acc_bytes}*1 + 64], tmm1",
            flag = inout(reg) u64::from(product.accumulate) => _,
            n = out(reg) _,
            tap = inout(reg) lhs => _,
            steps = in(reg) product.steps,
            taps = inout(reg) product.taps => _,
            tap_bytes = in(reg) product.tap_stride * size_of::<Line>(),
            stride = in(reg) row_bytes,
            line = in(reg) size_of::<Line>(),
            b = inout(reg) product.panels.as_ptr() => _,
            c = in(reg) acc,
            acc_bytes = in(reg) acc_stride * size_of::<f32>(),
            options(nostack),
        );
    }
}
