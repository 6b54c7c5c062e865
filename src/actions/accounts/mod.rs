//! Accounts: one file per operation.

actions! {
    admin_ban_user: detached;
    admin_create_user: detached;
    admin_delete_user: detached;
    admin_set_user_role: detached;
    admin_users: detached;
    delete_account: detached;
    enroll_totp: detached;
    exchange_code_for_session: detached;
    export_my_data: detached;
    factors: detached;
    identities: detached;
    link_identity: detached;
    me: detached;
    oauth_providers: detached;
    refresh_session: detached;
    regenerate_recovery_codes: detached;
    request_magic_link: detached;
    request_password_recovery: detached;
    request_reauthentication: detached;
    resend_confirmation: detached;
    revoke_session: detached;
    save_api_configuration: detached;
    sessions: detached;
    sign_in: detached;
    sign_in_anonymously: detached;
    sign_in_with_oauth: detached;
    sign_out: detached;
    sign_up: detached;
    unenroll_factor: detached;
    unlink_identity: detached;
    update_account: detached;
    use_recovery_code: detached;
    verify_email: detached;
    verify_totp: detached;
}
