//! Asks for memory ahead of its use: the only unsafe code of the floor.

/// Starts loading the cache line of a value, where the machine can be asked to.
#[inline(always)]
pub fn prefetch_line<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch is a hint: it reads nothing, cannot fault at any address, and every x86-64 processor has it.
        #[expect(unsafe_code, reason = "the standard library has no safe form")]
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}
