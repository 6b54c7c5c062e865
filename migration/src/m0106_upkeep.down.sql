drop table mindloom.upkeep;
