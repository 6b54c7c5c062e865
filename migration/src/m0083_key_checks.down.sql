drop table mindloom.key_checks;
