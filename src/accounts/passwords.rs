//! Passwords: what is allowed, and their hashes, computed by threads of their own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

use argon2::{Algorithm, Argon2, Block, Params, Version, password_hash::phc::PasswordHash};
use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine as _};
use parking_lot::Mutex;
use subtle::ConstantTimeEq as _;
use tokio::sync::oneshot;

use super::secret::{Secret, random};
use crate::error::{Code, Error, Reason, Result};

/// OWASP's recommendation: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const DIGEST_BYTES: usize = 32;
/// Go's default, with which Supabase hashes.
const BCRYPT_COST: u32 = 10;
/// Who waits longer than this many others is told to come back.
const QUEUE_MAX: usize = 128;
/// How long a thread without work keeps the memory that it hashes in.
const MEMORY_KEPT_FOR: Duration = Duration::from_secs(10);

const LENGTH_MIN: usize = 8;
const LENGTH_MAX: usize = 128;
/// Lower case, at least eight characters, sorted.
const WORST: &str = include_str!("worst_passwords.txt");

/// Threads that do nothing but hash: however many people sign in at once, the rest of the server keeps
/// its own threads, and memory stays bounded.
pub struct Passwords {
    jobs: SyncSender<Job>,
    /// Whether hashes of bcrypt are stored. Then every check costs both kinds, so that its time does not
    /// tell an imported account from none.
    imported: Arc<AtomicBool>,
}

type Job = Box<dyn FnOnce(&mut Hasher) + Send>;

/// Hashes of nothing anybody knows, for checks that must take their time all the same.
struct Dummies {
    argon2: String,
    bcrypt: String,
}

/// What a password's check found.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is not the one, or there is none.
    Differs,
    /// It is the one; a hash to store instead comes along when the stored one is outdated.
    Matches {
        /// The Argon2id hash that should replace the stored one.
        rehash: Option<String>,
    },
}

impl Dummies {
    /// Random texts of the right form, which no password is known for. Checking against them costs what
    /// checking against real ones does.
    fn random() -> Result<Self> {
        const ALPHABET: &[u8; 64] =
            b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let (salt, digest) = (random::<16>()?, random::<32>()?);
        let mut text = random::<53>()?.map(|byte| ALPHABET[usize::from(byte % 64)]);
        // The last characters of salt and digest hold unused bits, which must be zero.
        (text[21], text[52]) = (b'.', b'.');
        let text = text
            .iter()
            .map(|byte| char::from(*byte))
            .collect::<String>();
        Ok(Dummies {
            argon2: phc(&salt, &digest),
            bcrypt: format!("$2a${BCRYPT_COST}${text}"),
        })
    }
}

impl Passwords {
    /// Starts the threads.
    ///
    /// # Errors
    /// INTERNAL when the system has no thread or randomness to give.
    pub fn start(threads: usize) -> Result<Self> {
        let dummies = Arc::new(Dummies::random()?);
        let (jobs, queue) = sync_channel::<Job>(QUEUE_MAX);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..threads.max(1) {
            let (queue, dummies) = (Arc::clone(&queue), Arc::clone(&dummies));
            thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || work(&queue, dummies))
                .map_err(Error::internal)?;
        }
        Ok(Passwords {
            jobs,
            imported: Arc::new(AtomicBool::new(false)),
        })
    }

    /// Says that hashes of bcrypt are stored.
    pub fn expect_bcrypt(&self) {
        self.imported.store(true, Ordering::Relaxed);
    }

    /// The Argon2id hash of a password, in PHC format.
    ///
    /// # Errors
    /// UNAVAILABLE when too many others wait.
    pub async fn hash(&self, password: &Secret) -> Result<String> {
        let password = password.clone();
        self.run(move |hasher| hasher.hash(password.expose()))
            .await?
    }

    /// Checks a password against a stored hash, of Argon2id or bcrypt. Without a hash (no such account, or
    /// no password) it takes as long and fails.
    ///
    /// # Errors
    /// UNAVAILABLE when too many others wait.
    pub async fn verify(&self, password: &Secret, stored: Option<String>) -> Result<Verdict> {
        let password = password.clone();
        if stored.as_deref().is_some_and(is_bcrypt) {
            self.expect_bcrypt();
        }
        let both = self.imported.load(Ordering::Relaxed);
        self.run(move |hasher| hasher.verify(password.expose(), stored.as_deref(), both))
            .await?
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Hasher) -> T + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |hasher| {
            // Whoever gave up while waiting costs nothing any more.
            if !answer.is_closed() {
                let _ = answer.send(job(hasher));
            }
        });
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Error::new(
                Code::Unavailable,
                "Too many people are signing in at this moment; try again",
            )
            .with("retryAfterMs", 1_000),
            TrySendError::Disconnected(_) => Error::internal("the password threads are gone"),
        })?;
        answered.await.map_err(Error::internal)
    }
}

fn work(queue: &Mutex<Receiver<Job>>, dummies: Arc<Dummies>) {
    #[cfg(target_os = "linux")]
    let_queries_go_first();
    let mut hasher = Hasher {
        dummies,
        memory: Vec::new(),
    };
    loop {
        let job = queue.lock().recv_timeout(MEMORY_KEPT_FOR);
        match job {
            Ok(job) => job(&mut hasher),
            Err(RecvTimeoutError::Timeout) => hasher.memory = Vec::new(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Hashing takes what queries leave of the processors. Where the kernel lets threads choose (Linux 6.12 and later) it
/// asks for the longest turns: whose turn is long is due late, so a query that wakes goes first.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "no crate wraps sched_setattr")]
fn let_queries_go_first() {
    const NICE: i32 = 10;
    const TURN_NS: u64 = 100_000_000;
    let attributes = libc::sched_attr {
        size: u32::try_from(size_of::<libc::sched_attr>()).unwrap_or_default(),
        sched_policy: libc::SCHED_OTHER.unsigned_abs(),
        sched_flags: 0,
        sched_nice: NICE,
        sched_priority: 0,
        sched_runtime: TURN_NS,
        sched_deadline: 0,
        sched_period: 0,
    };
    // SAFETY: the kernel reads `size` bytes of the struct, which lives until the call returns; 0 is this thread.
    let outcome = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attributes, 0) };
    if outcome != 0 {
        tracing::debug!(
            "passwords are hashed at the priority of queries: the system allows no other"
        );
    }
}

/// What a thread hashes with.
struct Hasher {
    dummies: Arc<Dummies>,
    /// What Argon2 fills. It is kept between passwords: while 19 MiB are mapped and given back for each, the other
    /// threads of the process, which answer queries, are held up.
    memory: Vec<Block>,
}

impl Hasher {
    fn hash(&mut self, password: &str) -> Result<String> {
        let salt = random::<16>()?;
        let mut digest = [0; DIGEST_BYTES];
        self.fill(password, &salt, &mut digest)?;
        Ok(phc(&salt, &digest))
    }

    fn verify(&mut self, password: &str, stored: Option<&str>, both: bool) -> Result<Verdict> {
        if let Some(imported) = stored.filter(|hash| is_bcrypt(hash)) {
            // The new hash is computed in any case: the time must not tell whether the password was right.
            let matches = bcrypt::verify(password, imported).unwrap_or(false);
            let rehash = self.hash(password)?;
            return Ok(if matches {
                Verdict::Matches {
                    rehash: Some(rehash),
                }
            } else {
                Verdict::Differs
            });
        }
        if both {
            let _ = bcrypt::verify(password, &self.dummies.bcrypt);
        }
        let Some(stored) = stored else {
            let dummies = Arc::clone(&self.dummies);
            let _ = self.matches_argon2(password, &dummies.argon2)?;
            return Ok(Verdict::Differs);
        };
        if !self.matches_argon2(password, stored)? {
            return Ok(Verdict::Differs);
        }
        let rehash = if is_outdated(stored) {
            Some(self.hash(password)?)
        } else {
            None
        };
        Ok(Verdict::Matches { rehash })
    }

    /// A stored text that is no hash matches no password.
    fn matches_argon2(&mut self, password: &str, stored: &str) -> Result<bool> {
        use argon2::PasswordVerifier as _;
        let Ok(parsed) = PasswordHash::new(stored) else {
            return Ok(false);
        };
        if is_outdated(stored) {
            // Of another size, so in memory of its own.
            let outcome = argon2()?.verify_password(password.as_bytes(), &parsed);
            return Ok(outcome.is_ok());
        }
        let (Some(salt), Some(wanted)) = (&parsed.salt, &parsed.hash) else {
            return Ok(false);
        };
        let mut digest = [0; DIGEST_BYTES];
        if wanted.as_bytes().len() != digest.len() {
            return Ok(false);
        }
        self.fill(password, salt, &mut digest)?;
        Ok(digest.ct_eq(wanted.as_bytes()).into())
    }

    fn fill(&mut self, password: &str, salt: &[u8], digest: &mut [u8]) -> Result<()> {
        let argon2 = argon2()?;
        self.memory
            .resize(argon2.params().block_count(), Block::default());
        argon2
            .hash_password_into_with_memory(password.as_bytes(), salt, digest, &mut self.memory)
            .map_err(Error::internal)
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let parameters = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

/// A hash in the form in which it is stored.
fn phc(salt: &[u8], digest: &[u8]) -> String {
    format!(
        "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${}${}",
        BASE64_STANDARD_NO_PAD.encode(salt),
        BASE64_STANDARD_NO_PAD.encode(digest)
    )
}

fn is_bcrypt(hash: &str) -> bool {
    hash.starts_with("$2")
}

fn is_outdated(hash: &str) -> bool {
    !hash.starts_with(&format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$"))
}

/// Refuses passwords that are too short, too long, the account's own address, or everybody's first guess.
///
/// # Errors
/// BAD_USER_INPUT, with what is allowed.
pub fn check_strength(password: &Secret, email: Option<&str>) -> Result<()> {
    let text = password.expose();
    let refuse = |message: &'static str| Error::bad_input(message).with("field", "password");
    let length = text.chars().count();
    if !(LENGTH_MIN..=LENGTH_MAX).contains(&length) {
        let error = refuse("A password has at least 8 and at most 128 characters");
        return Err(match length < LENGTH_MIN {
            true => error.because(Reason::WeakPasswordLength),
            false => error,
        });
    }
    let lower = text.to_lowercase();
    if email.is_some_and(|email| email.to_lowercase() == lower) {
        let error = refuse("The password must not be the email address");
        return Err(error.because(Reason::WeakPasswordKnown));
    }
    if WORST.lines().any(|worst| worst == lower) {
        let error = refuse("This password is among the first that anybody guesses; choose another");
        return Err(error.because(Reason::WeakPasswordKnown));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_matches_its_password_only() {
        let passwords = Passwords::start(2).unwrap();
        let (right, wrong) = (Secret::new("correct horse"), Secret::new("battery staple"));
        let stored = passwords.hash(&right).await.unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        let matches = Verdict::Matches { rehash: None };
        assert_eq!(
            passwords
                .verify(&right, Some(stored.clone()))
                .await
                .unwrap(),
            matches
        );
        assert_eq!(
            passwords.verify(&wrong, Some(stored)).await.unwrap(),
            Verdict::Differs
        );
        assert_eq!(
            passwords.verify(&right, None).await.unwrap(),
            Verdict::Differs
        );
        assert_eq!(
            passwords
                .verify(&right, Some("no hash".into()))
                .await
                .unwrap(),
            Verdict::Differs
        );
    }

    #[tokio::test]
    async fn kept_memory_changes_no_hash() {
        use argon2::{PasswordHasher as _, PasswordVerifier as _};
        let passwords = Passwords::start(1).unwrap();
        for text in ["correct horse", "battery staple"] {
            let password = Secret::new(text);
            let ours = passwords.hash(&password).await.unwrap();
            let theirs = argon2().unwrap().hash_password(text.as_bytes()).unwrap();
            argon2()
                .unwrap()
                .verify_password(text.as_bytes(), &PasswordHash::new(&ours).unwrap())
                .unwrap();
            assert_eq!(
                passwords
                    .verify(&password, Some(theirs.to_string()))
                    .await
                    .unwrap(),
                Verdict::Matches { rehash: None }
            );
        }
    }

    #[tokio::test]
    async fn a_hash_of_less_memory_matches_and_is_replaced() {
        use argon2::PasswordHasher as _;
        let passwords = Passwords::start(1).unwrap();
        let right = Secret::new("correct horse");
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(4_096, 3, 1, None).unwrap(),
        );
        let stored = weak.hash_password(b"correct horse").unwrap().to_string();
        let Verdict::Matches {
            rehash: Some(rehash),
        } = passwords.verify(&right, Some(stored)).await.unwrap()
        else {
            panic!("the right password was refused or kept its old hash");
        };
        assert!(!is_outdated(&rehash), "{rehash}");
    }

    #[tokio::test]
    async fn an_imported_bcrypt_hash_matches_and_is_replaced() {
        let passwords = Passwords::start(1).unwrap();
        let right = Secret::new("correct horse");
        // Made by Supabase's Go: bcrypt, version 2a.
        let stored = bcrypt::hash_with_salt("correct horse", 10, [7; 16]).unwrap();
        let stored = stored.format_for_version(bcrypt::Version::TwoA);
        assert_eq!(
            passwords
                .verify(&Secret::new("wrong one"), Some(stored.clone()))
                .await
                .unwrap(),
            Verdict::Differs
        );
        let Verdict::Matches {
            rehash: Some(rehash),
        } = passwords.verify(&right, Some(stored)).await.unwrap()
        else {
            panic!("the right password was refused or kept its old hash");
        };
        assert_eq!(
            passwords.verify(&right, Some(rehash)).await.unwrap(),
            Verdict::Matches { rehash: None }
        );
    }

    #[test]
    fn dummies_are_checked_like_real_hashes() {
        for _ in 0..5 {
            let dummies = Dummies::random().unwrap();
            assert!(
                PasswordHash::new(&dummies.argon2).is_ok(),
                "{}",
                dummies.argon2
            );
            assert!(!is_outdated(&dummies.argon2));
            let checked = bcrypt::verify("anything", &dummies.bcrypt);
            assert!(
                matches!(checked, Ok(false)),
                "{}: {checked:?}",
                dummies.bcrypt
            );
        }
    }

    #[tokio::test]
    async fn a_burst_beyond_the_queue_is_told_to_come_back() {
        let passwords = Arc::new(Passwords::start(1).unwrap());
        let tries: Vec<_> = (0..QUEUE_MAX + 40)
            .map(|_| {
                let passwords = Arc::clone(&passwords);
                async move { passwords.verify(&Secret::new("anything else"), None).await }
            })
            .collect();
        let answers = futures_util::future::join_all(tries).await;
        let refused = answers
            .iter()
            .filter_map(|answer| answer.as_ref().err())
            .collect::<Vec<_>>();
        assert!(!refused.is_empty());
        assert!(
            refused
                .iter()
                .all(|error| error.code() == Code::Unavailable)
        );
    }

    #[test]
    fn weak_passwords_are_refused_with_a_reason() {
        let check = |text: &str| check_strength(&Secret::new(text), Some("ada@example.org"));
        for weak in [
            "short",
            "seven77",
            "Password123",
            "ADA@example.org",
            &"x".repeat(129),
        ] {
            let error = check(weak).unwrap_err();
            assert_eq!(error.code(), Code::BadUserInput, "{weak}");
        }
        for fine in ["eight ch", "çñüäöéàß", &"x".repeat(128)] {
            assert!(check(fine).is_ok(), "{fine}");
        }
    }
}
