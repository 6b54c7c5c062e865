//! Secrets at rest: AES-256-GCM under a key of their own, derived from a master key.
//!
//! A sealed secret is `version 1 | key id 8 | salt 16 | nonce 12 | ciphertext and tag`. The row's key is
//! HKDF-SHA256(master key, salt, place); place and row are authenticated too, so a ciphertext that is
//! copied into another row or column does not open.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::RwLock,
};

use aes_gcm::{
    Aes256Gcm, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::secret::random;
use crate::{
    config::AccountSettings,
    error::{Error, Result},
};

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 1 + 8 + 16 + 12;

/// The master keys, the current one first.
pub struct Vault {
    keys: RwLock<Vec<MasterKey>>,
    /// Where the keys are kept; none when they come from the environment.
    file: Option<PathBuf>,
}

#[derive(Clone)]
struct MasterKey {
    id: [u8; 8],
    bytes: [u8; 32],
}

/// Why the master keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file of keys cannot be read or written.
    #[error("the master keys in {path} cannot be used")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file or the environment holds something else.
    #[error("a master key is not 32 bytes in base64")]
    Format,
    /// Keys from the environment are rotated there.
    #[error(
        "the master key comes from MINDLOOM_MASTER_KEY: put the present one into \
         MINDLOOM_MASTER_KEYS_PREVIOUS and a new one into MINDLOOM_MASTER_KEY, then run this again"
    )]
    FromEnvironment,
}

impl Vault {
    /// Takes the keys from the settings, or from `master.keys` in the data directory, which is made with a
    /// random key when it is missing.
    ///
    /// # Errors
    /// When the file cannot be read, written or understood.
    pub fn open(settings: &AccountSettings, data_dir: &Path) -> Result<Self, VaultError> {
        let Some(current) = &settings.master_key else {
            let file = data_dir.join("master.keys");
            let keys = read_or_create(&file)?;
            return Ok(Vault {
                keys: RwLock::new(keys),
                file: Some(file),
            });
        };
        let keys = std::iter::once(current)
            .chain(&settings.master_keys_previous)
            .map(|text| MasterKey::parse(text.expose()))
            .collect::<Result<_, _>>()?;
        Ok(Vault {
            keys: RwLock::new(keys),
            file: None,
        })
    }

    /// Encrypts a secret for one row of one column (`place`, as `public.api_configurations.api_key`).
    ///
    /// # Errors
    /// INTERNAL when the operating system gives no randomness.
    pub fn seal(&self, place: &str, row: Uuid, plaintext: &[u8]) -> Result<Vec<u8>> {
        let key = self.current();
        let salt = random::<16>()?;
        let nonce = random::<12>()?;
        let bound = bound_to(place, row);
        let ciphertext = cipher(&key, &salt, place)
            .encrypt(
                &Nonce::from(nonce),
                Payload {
                    msg: plaintext,
                    aad: &bound,
                },
            )
            .map_err(|_| Error::internal("a secret could not be encrypted"))?;
        let mut sealed = Vec::with_capacity(HEADER_BYTES + ciphertext.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&key.id);
        sealed.extend_from_slice(&salt);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Decrypts what [`Vault::seal`] made for the same place and row.
    ///
    /// # Errors
    /// INTERNAL when its key is unknown, or it was changed or moved.
    pub fn unseal(&self, place: &str, row: Uuid, sealed: &[u8]) -> Result<Vec<u8>> {
        let parts =
            Sealed::parse(sealed).ok_or_else(|| Error::internal("a sealed secret is malformed"))?;
        let key = self.find(parts.key_id).ok_or_else(|| {
            Error::internal(format!(
                "the master key {} is missing",
                hex::encode(parts.key_id)
            ))
        })?;
        let nonce: [u8; 12] = parts.nonce.try_into().map_err(Error::internal)?;
        let bound = bound_to(place, row);
        cipher(&key, parts.salt, place)
            .decrypt(
                &Nonce::from(nonce),
                Payload {
                    msg: parts.ciphertext,
                    aad: &bound,
                },
            )
            .map_err(|_| Error::internal("a sealed secret was changed or moved"))
    }

    /// Whether the bytes have the form of what [`Vault::seal`] makes, under whichever master key.
    pub fn is_sealed(bytes: &[u8]) -> bool {
        Sealed::parse(bytes).is_some()
    }

    /// Whether the secret is under the current master key.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        Sealed::parse(sealed).is_some_and(|parts| parts.key_id == self.current().id)
    }

    /// Whether it holds the key of an id in hexadecimal, current or former.
    pub fn has_key(&self, id: &str) -> bool {
        let bytes = (0..id.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(id.get(at..at + 2)?, 16).ok());
        let bytes: Option<Vec<u8>> = bytes.collect();
        bytes.is_some_and(|id| self.find(&id).is_some())
    }

    /// The id of the key that new secrets are sealed under, in hexadecimal.
    pub fn current_key_id(&self) -> String {
        hex::encode(self.current().id)
    }

    /// A keyed digest of something too short to be stored as a plain hash (six digits), with the id of its
    /// key in front.
    pub fn mac(&self, place: &str, row: Uuid, text: &str) -> Vec<u8> {
        let key = self.current();
        [key.id.as_slice(), &mac(&key, place, row, text)].concat()
    }

    /// Whether a digest of [`Vault::mac`] belongs to the text; takes the same time whatever differs.
    pub fn mac_matches(&self, place: &str, row: Uuid, text: &str, expected: &[u8]) -> bool {
        let Some((id, digest)) = expected.split_at_checked(8) else {
            return false;
        };
        let Some(key) = self.find(id) else {
            return false;
        };
        subtle::ConstantTimeEq::ct_eq(mac(&key, place, row, text).as_slice(), digest).into()
    }

    /// Makes a new master key the current one and keeps the former ones for reading. Keys from the
    /// environment must have been changed there already.
    ///
    /// # Errors
    /// When the file cannot be written, or the environment names no former key.
    pub fn rotate(&self) -> Result<(), VaultError> {
        let Some(file) = &self.file else {
            let former = self
                .keys
                .read()
                .unwrap_or_else(|poisoned| poisoned.into_inner())
                .len();
            return if former > 1 {
                Ok(())
            } else {
                Err(VaultError::FromEnvironment)
            };
        };
        let mut keys = read(file).map_err(|source| VaultError::File {
            path: file.clone(),
            source,
        })?;
        keys.insert(
            0,
            MasterKey::random().map_err(|source| VaultError::File {
                path: file.clone(),
                source,
            })?,
        );
        write(file, &keys, Replace::Yes).map_err(|source| VaultError::File {
            path: file.clone(),
            source,
        })?;
        *self
            .keys
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner()) = keys;
        Ok(())
    }

    fn current(&self) -> MasterKey {
        // The constructors refuse an empty list.
        self.keys
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())[0]
            .clone()
    }

    /// The key of that id. A key that another program added since is found in the file.
    fn find(&self, id: &[u8]) -> Option<MasterKey> {
        let known = |keys: &[MasterKey]| keys.iter().find(|key| key.id == id).cloned();
        if let Some(key) = known(
            &self
                .keys
                .read()
                .unwrap_or_else(|poisoned| poisoned.into_inner()),
        ) {
            return Some(key);
        }
        let keys = read(self.file.as_ref()?).ok()?;
        let found = known(&keys);
        if found.is_some() {
            *self
                .keys
                .write()
                .unwrap_or_else(|poisoned| poisoned.into_inner()) = keys;
        }
        found
    }
}

impl MasterKey {
    fn new(bytes: [u8; 32]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"mindloom master key id");
        hasher.update(bytes);
        let digest: [u8; 32] = hasher.finalize().into();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        MasterKey { id, bytes }
    }

    fn random() -> io::Result<Self> {
        random::<32>().map(Self::new).map_err(io::Error::other)
    }

    fn parse(text: &str) -> Result<Self, VaultError> {
        let bytes = BASE64_STANDARD
            .decode(text.trim())
            .map_err(|_| VaultError::Format)?;
        Ok(Self::new(bytes.try_into().map_err(|_| VaultError::Format)?))
    }
}

struct Sealed<'a> {
    key_id: &'a [u8],
    salt: &'a [u8],
    nonce: &'a [u8],
    ciphertext: &'a [u8],
}

impl<'a> Sealed<'a> {
    fn parse(sealed: &'a [u8]) -> Option<Self> {
        let (header, ciphertext) = sealed.split_at_checked(HEADER_BYTES)?;
        (header[0] == VERSION).then(|| Sealed {
            key_id: &header[1..9],
            salt: &header[9..25],
            nonce: &header[25..37],
            ciphertext,
        })
    }
}

fn derive(key: &MasterKey, salt: &[u8], purpose: &str) -> [u8; 32] {
    let mut derived = [0; 32];
    // Only an output of more than 8,160 bytes is refused.
    let _ = Hkdf::<Sha256>::new(Some(salt), &key.bytes).expand(purpose.as_bytes(), &mut derived);
    derived
}

fn cipher(key: &MasterKey, salt: &[u8], place: &str) -> Aes256Gcm {
    Aes256Gcm::new(&derive(key, salt, place).into())
}

fn mac(key: &MasterKey, place: &str, row: Uuid, text: &str) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new(&{
        let mut block = [0; 64];
        block[..32].copy_from_slice(&derive(key, row.as_bytes(), place));
        block.into()
    });
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

fn bound_to(place: &str, row: Uuid) -> Vec<u8> {
    [place.as_bytes(), row.as_bytes()].concat()
}

fn read_or_create(file: &Path) -> Result<Vec<MasterKey>, VaultError> {
    let failed = |source| VaultError::File {
        path: file.to_owned(),
        source,
    };
    match read(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => return other.map_err(failed),
    }
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory).map_err(failed)?;
    }
    match write(file, &[MasterKey::random().map_err(failed)?], Replace::No) {
        // Another program made it in the meantime: its key is the one.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error)),
        _ => {}
    }
    read(file).map_err(failed)
}

fn read(file: &Path) -> io::Result<Vec<MasterKey>> {
    let invalid = |error: VaultError| io::Error::new(io::ErrorKind::InvalidData, error);
    let keys = fs::read_to_string(file)?
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(MasterKey::parse)
        .collect::<Result<Vec<_>, _>>()
        .map_err(invalid)?;
    if keys.is_empty() {
        Err(invalid(VaultError::Format))
    } else {
        Ok(keys)
    }
}

#[derive(PartialEq)]
enum Replace {
    Yes,
    No,
}

/// Writes beside the file and puts the whole in its place, so that no reader sees half of it.
fn write(file: &Path, keys: &[MasterKey], replace: Replace) -> io::Result<()> {
    let beside = file.with_extension(format!("{}.new", Uuid::new_v4().simple()));
    let mut output = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)?;
    for key in keys {
        writeln!(output, "{}", BASE64_STANDARD.encode(key.bytes))?;
    }
    output.sync_all()?;
    if replace == Replace::Yes {
        return fs::rename(&beside, file);
    }
    // A link, unlike a rename, refuses to replace what another program has just made.
    let linked = fs::hard_link(&beside, file);
    fs::remove_file(&beside)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(keys: &[u8]) -> Vault {
        let keys = keys
            .iter()
            .map(|byte| MasterKey::new([*byte; 32]))
            .collect();
        Vault {
            keys: RwLock::new(keys),
            file: None,
        }
    }

    #[test]
    fn a_sealed_secret_opens_in_its_place_only() {
        let (vault, row) = (vault(&[1]), Uuid::new_v4());
        let sealed = vault.seal("a.b", row, b"sk-canary").unwrap();
        assert!(!sealed.windows(9).any(|window| window == b"sk-canary"));
        assert_eq!(vault.unseal("a.b", row, &sealed).unwrap(), b"sk-canary");
        assert!(vault.unseal("a.c", row, &sealed).is_err());
        assert!(vault.unseal("a.b", Uuid::new_v4(), &sealed).is_err());
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(vault.unseal("a.b", row, &changed).is_err());
        assert!(vault.unseal("a.b", row, &sealed[..20]).is_err());
        assert_ne!(vault.seal("a.b", row, b"sk-canary").unwrap(), sealed);
    }

    #[test]
    fn a_former_key_still_opens_and_a_lost_one_does_not() {
        let row = Uuid::new_v4();
        let sealed = vault(&[1]).seal("a.b", row, b"secret").unwrap();
        let rotated = vault(&[2, 1]);
        assert_eq!(rotated.unseal("a.b", row, &sealed).unwrap(), b"secret");
        assert!(!rotated.is_current(&sealed));
        assert!(rotated.is_current(&rotated.seal("a.b", row, b"secret").unwrap()));
        assert!(vault(&[2]).unseal("a.b", row, &sealed).is_err());
    }

    #[test]
    fn a_mac_is_bound_to_its_row() {
        let (vault, row) = (vault(&[1]), Uuid::new_v4());
        let digest = vault.mac("otp", row, "123456");
        assert!(vault.mac_matches("otp", row, "123456", &digest));
        assert!(!vault.mac_matches("otp", row, "123457", &digest));
        assert!(!vault.mac_matches("otp", Uuid::new_v4(), "123456", &digest));
        assert!(!vault.mac_matches("otp", row, "123456", b"short"));
    }

    #[test]
    fn the_file_is_made_once_and_rotation_keeps_former_keys() {
        let directory = std::env::temp_dir().join(format!("mindloom-vault-{}", Uuid::new_v4()));
        let open = || {
            let file = directory.join("master.keys");
            Vault {
                keys: RwLock::new(read_or_create(&file).unwrap()),
                file: Some(file),
            }
        };
        let (first, second, row) = (open(), open(), Uuid::new_v4());
        let sealed = first.seal("a.b", row, b"secret").unwrap();
        assert_eq!(second.unseal("a.b", row, &sealed).unwrap(), b"secret");
        first.rotate().unwrap();
        assert!(!first.is_current(&sealed));
        assert_eq!(first.unseal("a.b", row, &sealed).unwrap(), b"secret");
        // The other program learns the new key when it meets it.
        let newer = first.seal("a.b", row, b"newer").unwrap();
        assert_eq!(second.unseal("a.b", row, &newer).unwrap(), b"newer");
        fs::remove_dir_all(directory).unwrap();
    }
}
