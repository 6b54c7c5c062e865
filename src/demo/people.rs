//! The people of the demonstration, their accounts, profiles and settings.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use rand::Rng as _;
use serde_json::json;
use tokio_postgres::Transaction;
use uuid::Uuid;

use super::copy::Sheet;
use super::rng::Rng;
use super::{DemoError, World};

pub(super) const FIRST_NAMES: &[&str] = &[
    "Ada", "Amir", "Anna", "Aiko", "Bela", "Bruno", "Carla", "Chen", "Clara", "Dario", "Dilek",
    "Elif", "Emil", "Esther", "Farah", "Felix", "Freya", "Grace", "Hanna", "Hugo", "Ines", "Ivan",
    "Jana", "Jonas", "Kaya", "Kenji", "Lara", "Leon", "Lina", "Luca", "Maja", "Malik", "Mara",
    "Mateo", "Mina", "Nadia", "Nils", "Nora", "Olga", "Omar", "Paula", "Pavel", "Petra", "Rafael",
    "Rosa", "Samira", "Sofia", "Tariq", "Tessa", "Tomas", "Uma", "Vera", "Viktor", "Wanda", "Yara",
    "Yusuf", "Zoe", "Zora",
];
const LAST_NAMES: &[&str] = &[
    "Abe",
    "Adler",
    "Almeida",
    "Bakker",
    "Barros",
    "Becker",
    "Berg",
    "Bianchi",
    "Brandt",
    "Castro",
    "Chowdhury",
    "Costa",
    "Dahl",
    "Demir",
    "Dubois",
    "Engel",
    "Eriksen",
    "Fischer",
    "Fontaine",
    "Garcia",
    "Goldberg",
    "Haas",
    "Haddad",
    "Hansen",
    "Hoffmann",
    "Ibrahim",
    "Ito",
    "Jansen",
    "Kaplan",
    "Keller",
    "Khan",
    "Kowalski",
    "Larsen",
    "Lindqvist",
    "Lopez",
    "Marino",
    "Meyer",
    "Moreau",
    "Nakamura",
    "Novak",
    "Okafor",
    "Olsen",
    "Park",
    "Petrov",
    "Reyes",
    "Rossi",
    "Sato",
    "Schmidt",
    "Silva",
    "Singh",
    "Sousa",
    "Tanaka",
    "Toth",
    "Varga",
    "Wagner",
    "Weber",
    "Yilmaz",
    "Zhang",
];

/// Somebody with an account.
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) joined: DateTime<Utc>,
    /// What they like to write about: indices of subjects, the favourite first.
    pub(super) subjects: Vec<usize>,
}

/// The second person is admin.
pub(super) const ADMIN: usize = 1;

pub(super) fn make(world: &World) -> Vec<Person> {
    let mut rng = world.rng("people");
    let mut people = Vec::new();
    for number in 0..world.options.users as usize {
        let joined = rng.moment(
            world.until - Duration::days(720),
            world.until - Duration::days(40),
        );
        let (first, last) = (*rng.pick(FIRST_NAMES), *rng.pick(LAST_NAMES));
        let mut subjects: Vec<usize> = (0..world.subjects.len()).collect();
        for place in (1..subjects.len()).rev() {
            subjects.swap(place, rng.below(place + 1));
        }
        people.push(Person {
            id: rng.uuid(joined),
            name: format!("{first} {last}"),
            email: format!(
                "{}.{}.{number}@demo.example",
                first.to_lowercase(),
                last.to_lowercase()
            ),
            joined,
            subjects,
        });
    }
    people
}

/// The given password if it will do, or a random one.
pub(super) fn password(given: Option<String>) -> Result<String, DemoError> {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
    match given {
        Some(given) if (8..=128).contains(&given.chars().count()) => Ok(given),
        Some(_) => Err(DemoError::Password),
        None => {
            let mut random = rand::rng();
            Ok((0..16)
                .map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())]))
                .collect())
        }
    }
}

/// The Argon2id hash that all accounts share: one costs 20 ms, one each would cost minutes.
pub(super) fn hash(password: &str) -> Result<String, DemoError> {
    const MEMORY_KIB: u32 = 19_456;
    let failed = |error: argon2::Error| DemoError::Hash(error.to_string());
    let salt: [u8; 16] = rand::rng().random();
    let mut out = [0u8; 32];
    let params = Params::new(MEMORY_KIB, 2, 1, Some(out.len())).map_err(failed)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), &salt, &mut out)
        .map_err(failed)?;
    Ok(format!(
        "$argon2id$v=19$m={MEMORY_KIB},t=2,p=1${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(out)
    ))
}

/// Whether the people are there already.
pub(super) async fn exist(transaction: &Transaction<'_>, world: &World) -> Result<bool, DemoError> {
    let ids: Vec<Uuid> = world.people.iter().map(|person| person.id).collect();
    let emails: Vec<&str> = world
        .people
        .iter()
        .map(|person| person.email.as_str())
        .collect();
    let found = transaction
        .query_one(
            "select exists (select from auth.users where id = any ($1) or email = any ($2))",
            &[&ids, &emails],
        )
        .await?;
    Ok(found.get(0))
}

/// Accounts with triggers on, which make the profiles; then what else belongs to a person.
pub(super) async fn send(
    transaction: &Transaction<'_>,
    world: &World,
    hash: &str,
) -> Result<u64, DemoError> {
    let mut rng = world.rng("accounts");
    let mut accounts = Sheet::new(
        "auth.users",
        "id, email, encrypted_password, email_confirmed_at, raw_user_meta_data, raw_app_meta_data, \
         last_sign_in_at, created_at, updated_at",
    );
    let mut preferences = Sheet::new(
        "public.user_preferences",
        "id, user_id, selected_model, selected_framework, theme, language, max_history_days, created_at, updated_at",
    );
    for (number, person) in world.people.iter().enumerate() {
        let app = if number == ADMIN {
            json!({"role": "admin"})
        } else {
            json!({})
        };
        let seen = rng.moment(world.usage_begins(), world.until);
        accounts.row([
            person.id.into(),
            person.email.as_str().into(),
            hash.into(),
            person.joined.into(),
            json!({"name": person.name}).into(),
            app.into(),
            seen.into(),
            person.joined.into(),
            seen.into(),
        ]);
        preferences.row([
            rng.uuid(person.joined).into(),
            person.id.into(),
            (*rng.pick(&["openai", "google", "anthropic"])).into(),
            rng.pick(super::prompts::FRAMEWORKS).0.into(),
            rng.weighted(&[("dark", 5), ("light", 3), ("system", 2)])
                .into(),
            rng.weighted(&[("en", 7), ("de", 2), ("tr", 1), ("pt-BR", 1)])
                .into(),
            (*rng.pick(&[30i64, 90, 365])).into(),
            person.joined.into(),
            person.joined.into(),
        ]);
    }
    let mut rows = accounts.send(transaction).await?;
    rows += preferences.send(transaction).await?;
    rows += profiles(transaction, world).await?;
    // Where another service signs people in, these tables are its own.
    let ours = transaction
        .query_one(
            "select to_regclass('auth.verification_tokens') is not null",
            &[],
        )
        .await?;
    if ours.get(0) {
        for sheet in sessions(world) {
            rows += sheet.send(transaction).await?;
        }
    }
    Ok(rows)
}

/// Completes the profiles that the accounts' trigger made.
async fn profiles(transaction: &Transaction<'_>, world: &World) -> Result<u64, DemoError> {
    let mut rng = world.rng("profiles");
    let (mut ids, mut bios, mut plans, mut statuses, mut ends) =
        (vec![], vec![], vec![], vec![], vec![]);
    for person in &world.people {
        let plan = rng.weighted(&[("free", 6), ("pro", 3), ("team", 1)]);
        let subject = |place: usize| {
            world.subjects[person.subjects[place]]
                .topic_name
                .to_lowercase()
        };
        ids.push(person.id);
        bios.push(format!("Mostly {}, lately {}.", subject(0), subject(1)));
        plans.push(plan);
        statuses.push(
            (plan != "free")
                .then(|| rng.weighted(&[("active", 8), ("trialing", 1), ("past_due", 1)])),
        );
        ends.push((plan != "free").then(|| world.until + Duration::days(rng.between(1, 30))));
    }
    let rows = transaction
        .execute(
            "update public.users u \
             set bio = made.bio, subscription_plan = made.plan::public.user_subscription_plan, \
               subscription_status = made.status::public.user_subscription_status, \
               subscription_current_period_end = made.period_end, created_at = a.created_at \
             from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) \
                 as made (id, bio, plan, status, period_end) \
             join auth.users a on a.id = made.id \
             where u.id = made.id",
            &[&ids, &bios, &plans, &statuses, &ends],
        )
        .await?;
    Ok(rows)
}

/// A random number where a hash is kept: nobody knows a token to it.
fn digest(rng: &mut Rng) -> String {
    (0..4).map(|_| format!("{:016x}", rng.next())).collect()
}

/// Linked accounts, sessions with their tokens, and links that were sent.
fn sessions(world: &World) -> Vec<Sheet> {
    let mut rng = world.rng("sessions");
    let mut sessions = Sheet::new(
        "auth.sessions",
        "id, session_token, user_id, user_agent, ip, expires, created_at, updated_at",
    );
    let mut tokens = Sheet::new(
        "auth.refresh_tokens",
        "id, token_hash, user_id, session_id, expires_at, created_at, updated_at",
    );
    for person in &world.people {
        let begun = rng.moment(world.until - Duration::days(7), world.until);
        let session = rng.uuid(begun);
        sessions.row([
            session.into(),
            digest(&mut rng).into(),
            person.id.into(),
            (*rng.pick(USER_AGENTS)).into(),
            address(&mut rng).into(),
            (begun + Duration::days(30)).into(),
            begun.into(),
            begun.into(),
        ]);
        tokens.row([
            rng.uuid(begun).into(),
            digest(&mut rng).into(),
            person.id.into(),
            session.into(),
            (begun + Duration::days(30)).into(),
            begun.into(),
            begun.into(),
        ]);
    }
    vec![sessions, tokens, linked_accounts(world), sent_links(world)]
}

fn linked_accounts(world: &World) -> Sheet {
    let mut rng = world.rng("linked accounts");
    let mut accounts = Sheet::new(
        "auth.accounts",
        "id, user_id, type, provider, provider_account_id, scope, created_at, updated_at",
    );
    for (number, person) in world.people.iter().enumerate().step_by(3) {
        accounts.row([
            rng.uuid(person.joined).into(),
            person.id.into(),
            "oauth".into(),
            (*rng.pick(&["github", "google"])).into(),
            format!("{}{number:06}", rng.between(1_000, 9_999)).into(),
            "read:user".into(),
            person.joined.into(),
            person.joined.into(),
        ]);
    }
    accounts
}

fn sent_links(world: &World) -> Sheet {
    let mut rng = world.rng("sent links");
    let mut links = Sheet::new(
        "auth.verification_tokens",
        "id, user_id, identifier, token_hash, purpose, expires, created_at, updated_at",
    );
    for person in world.people.iter().step_by(10) {
        let sent = world.until - Duration::minutes(rng.between(1, 50));
        links.row([
            rng.uuid(sent).into(),
            person.id.into(),
            person.email.as_str().into(),
            digest(&mut rng).into(),
            (*rng.pick(&["magic_link", "recover_password"])).into(),
            (sent + Duration::hours(1)).into(),
            sent.into(),
            sent.into(),
        ]);
    }
    links
}

pub(super) const USER_AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_3) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
];

/// An address out of the ranges kept for documentation.
pub(super) fn address(rng: &mut Rng) -> String {
    let range = *rng.pick(&["192.0.2", "198.51.100", "203.0.113"]);
    format!("{range}.{}", rng.between(1, 254))
}
