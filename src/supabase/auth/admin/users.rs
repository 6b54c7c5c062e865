//! `/admin/users`

use axum::{
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::key;
use crate::{
    accounts::{
        AdminChange, Details,
        admin::CreateUser,
        admin_change::{NewPassword, ban_of},
        secret::Secret,
    },
    error::{Error, Reason},
    supabase::auth::{
        Auth, Outcome, Refused,
        answer::{answer, done},
        asked::Asked,
        signup::no_phone,
    },
};

const TOTAL: HeaderName = HeaderName::from_static("x-total-count");
const PER_PAGE: i64 = 50;
/// The most that are read at once.
const PER_PAGE_MAX: i64 = 500;

/// A page of all accounts, the newest first. auth-js finds the pages' numbers in `Link` where `page` comes first.
pub(super) async fn list(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let admin = auth.admin(&asked).await?;
    let number = |name: &str, default: i64| match asked.query(name) {
        None => Ok(default),
        Some(text) => match text.parse::<i64>() {
            Ok(number) if (1..=i64::from(i32::MAX)).contains(&number) => Ok(number),
            _ => Err(Refused::invalid(format!(
                "Bad Pagination Parameters: {name} is a number from 1"
            ))),
        },
    };
    let page = number("page", 1)?;
    let per_page = number("per_page", PER_PAGE)?.min(PER_PAGE_MAX);
    let filter = asked.query("filter");
    let offset = (page - 1).saturating_mul(per_page);
    let (users, total) = auth
        .accounts
        .admin_users(
            &admin.caller,
            filter.as_deref(),
            per_page,
            offset,
            &admin.from,
        )
        .await?;
    let ids: Vec<Uuid> = users.iter().map(|user| user.id).collect();
    let mut details = auth.accounts.details(&ids).await?;
    let shown: Vec<Value> = users
        .iter()
        .map(|user| {
            auth.user(
                user,
                &details.remove(&user.id).unwrap_or_else(Details::default),
            )
        })
        .collect();
    let mut response = answer(&json!({"users": shown, "aud": &*auth.audience}));
    let last = total.div_euclid(per_page) + i64::from(total % per_page > 0);
    let link = |page: i64, rel: &str| {
        format!("</admin/users?page={page}&per_page={per_page}>; rel=\"{rel}\"")
    };
    let next = (page < last).then(|| link(page + 1, "next"));
    let links: Vec<String> = next.into_iter().chain([link(last, "last")]).collect();
    let headers = response.headers_mut();
    headers.insert(TOTAL, HeaderValue::from(total));
    if let Ok(links) = HeaderValue::from_str(&links.join(", ")) {
        headers.insert(header::LINK, links);
    }
    Ok(response)
}

#[derive(Deserialize)]
struct Form {
    id: Option<Uuid>,
    email: Option<String>,
    phone: Option<String>,
    password: Option<Secret>,
    password_hash: Option<Secret>,
    #[serde(default)]
    email_confirm: bool,
    user_metadata: Option<Map<String, Value>>,
    app_metadata: Option<Map<String, Value>>,
    ban_duration: Option<String>,
    role: Option<String>,
}

impl Form {
    fn change(self) -> Result<AdminChange, Refused> {
        if self.phone.is_some_and(|phone| !phone.is_empty()) {
            return Err(no_phone());
        }
        if self.role.is_some_and(|role| role != "authenticated") {
            return Err(Refused::invalid(
                "The database role of accounts is authenticated; app_metadata.role makes an administrator",
            ));
        }
        let given = |secret: Option<Secret>| secret.filter(|secret| !secret.expose().is_empty());
        let password = match (given(self.password), given(self.password_hash)) {
            (Some(_), Some(_)) => {
                return Err(Refused::invalid(
                    "Only a password or a password hash should be provided",
                ));
            }
            (Some(password), None) => Some(NewPassword::Plain(password)),
            (None, Some(hash)) => Some(NewPassword::Hash(hash)),
            (None, None) => None,
        };
        let ban = self.ban_duration.filter(|duration| !duration.is_empty());
        Ok(AdminChange {
            email: self.email.filter(|email| !email.is_empty()),
            email_confirmed: self.email_confirm,
            password,
            user_metadata: self.user_metadata,
            app_metadata: self.app_metadata,
            banned_until: ban.as_deref().map(ban_of).transpose()?,
        })
    }
}

/// Makes an account.
pub(super) async fn create(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let admin = auth.admin(&asked).await?;
    let form: Form = asked.json()?;
    let id = form.id;
    let mut more = form.change()?;
    let email = more
        .email
        .take()
        .ok_or_else(|| Refused::invalid("Cannot create a user without either an email or phone"))?;
    let form = CreateUser {
        email,
        password: None,
        email_confirmed: more.email_confirmed,
        user_metadata: more.user_metadata.take().unwrap_or_default(),
        role: None,
        id,
        more,
    };
    let user = auth
        .accounts
        .admin_create_user(&admin.caller, form, &admin.from)
        .await
        .map_err(email_exists)?;
    Ok(answer(&auth.whole_user(&user).await?))
}

/// One account.
pub(super) async fn get(
    State(auth): State<Auth>,
    Path(user): Path<String>,
    asked: Asked,
) -> Outcome {
    let admin = auth.admin(&asked).await?;
    let user = auth.accounts.admin_user(&admin.caller, key(&user)?).await?;
    Ok(answer(&auth.whole_user(&user).await?))
}

/// Changes an account.
pub(super) async fn update(
    State(auth): State<Auth>,
    Path(user): Path<String>,
    asked: Asked,
) -> Outcome {
    let admin = auth.admin(&asked).await?;
    let change = asked.json::<Form>()?.change()?;
    let user = auth
        .accounts
        .admin_update_user(&admin.caller, key(&user)?, change, &admin.from)
        .await
        .map_err(email_exists)?;
    Ok(answer(&auth.whole_user(&user).await?))
}

#[derive(Deserialize)]
struct Deletion {
    #[serde(default)]
    should_soft_delete: bool,
}

/// Deletes an account with everything that belongs to it.
pub(super) async fn delete(
    State(auth): State<Auth>,
    Path(user): Path<String>,
    asked: Asked,
) -> Outcome {
    let admin = auth.admin(&asked).await?;
    if asked.json::<Deletion>()?.should_soft_delete {
        return Err(Refused::invalid(
            "Accounts are deleted with all that belongs to them; ban_duration keeps one and lets nobody in",
        ));
    }
    auth.accounts
        .admin_delete_user(&admin.caller, key(&user)?, &admin.from)
        .await?;
    Ok(done())
}

/// What an address that is taken is called here.
pub(super) fn email_exists(error: Error) -> Refused {
    match error.reason() {
        Some(Reason::AddressTaken) => Refused::new(
            axum::http::StatusCode::UNPROCESSABLE_ENTITY,
            "email_exists",
            "A user with this email address has already been registered",
        ),
        _ => error.into(),
    }
}
