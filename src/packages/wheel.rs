/// One wheel, pinned by its content.
#[derive(Debug)]
pub struct Wheel {
    /// The system, as `std::env::consts::OS` names it; none where it does not matter.
    pub os: Option<&'static str>,
    /// The processor, as `std::env::consts::ARCH` names it; none where it does not matter.
    pub arch: Option<&'static str>,
    /// The package with its version, as pip reads it.
    pub requirement: &'static str,
    /// What to ask pip for.
    pub platform: &'static str,
    /// The sum of the whole file.
    pub sha256: &'static str,
}

impl Wheel {
    /// Whether it is for such a machine.
    pub(super) fn fits(&self, os: &str, arch: &str) -> bool {
        self.os.is_none_or(|own| own == os) && self.arch.is_none_or(|own| own == arch)
    }
}
