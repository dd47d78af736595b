//! Every kernel that this machine can run makes what the standard and the crate make.

use super::*;
use crate::secret::argon2::portable;
use proptest::prelude::*;

fn kernels() -> Vec<Cpu> {
    V4::try_new().map(Cpu::Avx512).into_iter().chain(V3::try_new().map(Cpu::Avx2)).collect()
}

/// From the reference implementation's tests, with one lane. RFC 9106 §5.3 has four lanes, a secret and associated data,
/// which no kernel here does; the crate, to which they are compared below, is tested with it.
#[test]
fn the_reference_implementation_agrees() {
    let params = Params::new(256, 2, 1, Some(32)).unwrap();
    for cpu in kernels() {
        let tag = Memory::default().hash(cpu, b"password", b"somesalt", &params).unwrap();
        let hex: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_crate_agrees(
        password in proptest::collection::vec(any::<u8>(), 0..200),
        salt in proptest::collection::vec(any::<u8>(), 8..40),
        memory_kib in 8u32..200,
        passes in 1u32..5,
    ) {
        let params = Params::new(memory_kib, passes, 1, Some(32)).unwrap();
        let expected = portable(&password, &salt, params.clone(), &mut Vec::new()).unwrap();
        for cpu in kernels() {
            let mut memory = Memory::default();
            prop_assert_eq!(&memory.hash(cpu, &password, &salt, &params).unwrap(), &expected);
            // What the last hash left behind does not show in the next.
            prop_assert_eq!(&memory.hash(cpu, &password, &salt, &params).unwrap(), &expected);
        }
    }
}

#[test]
fn memory_grows_and_shrinks_with_what_is_asked() {
    let mut memory = Memory::default();
    for count in [8, 64, 16, 16] {
        assert_eq!(memory.blocks(count).unwrap().len(), count);
    }
}
