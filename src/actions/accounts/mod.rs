//! Accounts: one file per operation.

mod admin_ban_user;
mod admin_create_user;
mod admin_delete_user;
mod admin_set_user_role;
mod admin_users;
mod delete_account;
mod enroll_totp;
mod exchange_code_for_session;
mod export_my_data;
mod factors;
mod identities;
mod link_identity;
mod me;
mod oauth_providers;
mod refresh_session;
mod regenerate_recovery_codes;
mod request_magic_link;
mod request_password_recovery;
mod request_reauthentication;
mod resend_confirmation;
mod revoke_session;
mod save_api_configuration;
mod sessions;
mod sign_in;
mod sign_in_anonymously;
mod sign_in_with_oauth;
mod sign_out;
mod sign_up;
mod unenroll_factor;
mod unlink_identity;
mod update_account;
mod use_recovery_code;
mod verify_email;
mod verify_totp;

/// The actions, in alphabetical order.
pub(super) fn actions() -> Vec<super::Action> {
    vec![
        admin_ban_user::action(),
        admin_create_user::action(),
        admin_delete_user::action(),
        admin_set_user_role::action(),
        admin_users::action(),
        delete_account::action(),
        enroll_totp::action(),
        exchange_code_for_session::action(),
        export_my_data::action(),
        factors::action(),
        identities::action(),
        link_identity::action(),
        me::action(),
        oauth_providers::action(),
        refresh_session::action(),
        regenerate_recovery_codes::action(),
        request_magic_link::action(),
        request_password_recovery::action(),
        request_reauthentication::action(),
        resend_confirmation::action(),
        revoke_session::action(),
        save_api_configuration::action(),
        sessions::action(),
        sign_in::action(),
        sign_in_anonymously::action(),
        sign_in_with_oauth::action(),
        sign_out::action(),
        sign_up::action(),
        unenroll_factor::action(),
        unlink_identity::action(),
        update_account::action(),
        use_recovery_code::action(),
        verify_email::action(),
        verify_totp::action(),
    ]
}
