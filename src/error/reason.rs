//! Why exactly something about an account was refused, where programs have to tell one case from another and the code
//! is the same for several: `extensions.reason`.

use super::Error;

/// Writes the enumeration, its names and the list of all from one line per reason.
macro_rules! reasons {
    ($($(#[$about:meta])+ $name:ident = $text:literal,)+) => {
        /// A reason, as `extensions.reason` says it. The list is closed and documented in docs/errors.md.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason {
            $($(#[$about])+ $name,)+
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)+];

            /// The name that programs read.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Reason::$name => $text,)+
                }
            }
        }
    };
}

reasons! {
    /// An administrator who looks at data as somebody else changes nothing, and is not shown what is the account's own.
    ActingAsUser = "ACTING_AS_USER",
    /// No mail address has this form.
    AddressInvalid = "ADDRESS_INVALID",
    /// The mail address has an account already.
    AddressTaken = "ADDRESS_TAKEN",
    /// Accounts without a credential are not made here.
    AnonymousDisabled = "ANONYMOUS_DISABLED",
    /// Accounts without a credential may not do this.
    AnonymousUser = "ANONYMOUS_USER",
    /// The account is suspended.
    Banned = "BANNED",
    /// The challenge was answered too late.
    ChallengeExpired = "CHALLENGE_EXPIRED",
    /// The challenge is unknown or was answered before.
    ChallengeUnknown = "CHALLENGE_UNKNOWN",
    /// The code of a sign-in through a provider or a link was exchanged with another verifier.
    CodeVerifierWrong = "CODE_VERIFIER_WRONG",
    /// The mail address has to be confirmed first.
    EmailNotConfirmed = "EMAIL_NOT_CONFIRMED",
    /// The code of the second factor is wrong, old or used.
    FactorCodeWrong = "FACTOR_CODE_WRONG",
    /// The account has no such factor.
    FactorUnknown = "FACTOR_UNKNOWN",
    /// The sign-in is unknown, finished or too old.
    FlowUnknown = "FLOW_UNKNOWN",
    /// The identity belongs to another account.
    IdentityTaken = "IDENTITY_TAKEN",
    /// The account has no such identity.
    IdentityUnknown = "IDENTITY_UNKNOWN",
    /// Nothing else would let the owner in.
    LastWayIn = "LAST_WAY_IN",
    /// The link or code of a mail is wrong, used or expired.
    MailCodeInvalid = "MAIL_CODE_INVALID",
    /// Only administrators may do this.
    NotAdmin = "NOT_ADMIN",
    /// The answer of the passkey or security key is none to the challenge.
    PasskeyInvalid = "PASSKEY_INVALID",
    /// Passkeys and security keys are not possible at this server's address.
    PasskeysOff = "PASSKEYS_OFF",
    /// The passkey or security key is registered already.
    PasskeyTaken = "PASSKEY_TAKEN",
    /// The account has no such passkey.
    PasskeyUnknown = "PASSKEY_UNKNOWN",
    /// The present password is wrong.
    PasswordWrong = "PASSWORD_WRONG",
    /// There is no such provider to sign in with.
    ProviderUnknown = "PROVIDER_UNKNOWN",
    /// The provider's token proves nothing.
    ProviderTokenInvalid = "PROVIDER_TOKEN_INVALID",
    /// The caller has to show anew that the account is theirs.
    ReauthenticationNeeded = "REAUTHENTICATION_NEEDED",
    /// The address to go to in the end is not allowed.
    RedirectRefused = "REDIRECT_REFUSED",
    /// The refresh token is unknown, or its session is over.
    RefreshTokenUnknown = "REFRESH_TOKEN_UNKNOWN",
    /// The refresh token was used before, which ended its session.
    RefreshTokenUsed = "REFRESH_TOKEN_USED",
    /// The second factor has to be shown first.
    SecondFactorNeeded = "SECOND_FACTOR_NEEDED",
    /// The session has ended.
    SessionEnded = "SESSION_ENDED",
    /// New accounts are made by administrators only.
    SignUpDisabled = "SIGN_UP_DISABLED",
    /// The account has as many factors as it may have.
    TooManyFactors = "TOO_MANY_FACTORS",
    /// So many mails may be asked for in an hour.
    TooManyMails = "TOO_MANY_MAILS",
    /// The account has as many passkeys as it may have.
    TooManyPasskeys = "TOO_MANY_PASSKEYS",
    /// There is no such account.
    UserUnknown = "USER_UNKNOWN",
    /// The password is too short.
    WeakPasswordLength = "WEAK_PASSWORD_LENGTH",
    /// The password is among those that are guessed first.
    WeakPasswordKnown = "WEAK_PASSWORD_KNOWN",
    /// The address, the password or both are wrong.
    WrongCredentials = "WRONG_CREDENTIALS",
}

/// Its name among the facts.
const FIELD: &str = "reason";

impl Error {
    /// Says why exactly, for programs.
    #[must_use]
    pub fn because(self, reason: Reason) -> Self {
        self.with(FIELD, reason.as_str())
    }

    /// Why exactly, where somebody said so.
    pub fn reason(&self) -> Option<Reason> {
        let name = self.details().get(FIELD)?.as_str()?;
        let mut all = Reason::ALL.iter();
        all.find(|reason| reason.as_str() == name).copied()
    }
}
