drop table private.admin_invitations;
