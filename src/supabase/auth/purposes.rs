//! What Supabase calls the purposes of mails.

use crate::accounts::verification::Purpose;

/// The purposes that a `type` may mean: the words of auth-js, or the server's own, which its mails' links have.
pub(super) fn of_type(kind: &str) -> Option<&'static [Purpose]> {
    const SIGN_IN: &[Purpose] = &[Purpose::MagicLink, Purpose::ConfirmEmail];
    match kind {
        "email" | "signup" | "magiclink" => Some(SIGN_IN),
        "invite" => Some(&[Purpose::Invite]),
        "recovery" | "recover_password" => Some(&[Purpose::RecoverPassword]),
        "email_change" | "change_email" => Some(&[Purpose::ChangeEmail]),
        "magic_link" => Some(&[Purpose::MagicLink]),
        "confirm_email" => Some(&[Purpose::ConfirmEmail]),
        _ => None,
    }
}

/// What auth-js calls a purpose.
pub(super) const fn name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::ChangeEmail => "email_change",
        Purpose::ConfirmEmail => "signup",
        Purpose::Invite => "invite",
        Purpose::MagicLink => "magiclink",
        Purpose::Reauthenticate => "reauthentication",
        Purpose::RecoverPassword => "recovery",
    }
}
