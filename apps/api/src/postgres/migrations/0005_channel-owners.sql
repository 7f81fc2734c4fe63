-- Organisations that have ever set up a channel: the others need not be folded to know that nothing is sent to them.
-- Who has is only known of what was followed since, so everything is followed once more; what was told keeps its id.
create table channel_owners (
  organisation text collate "C" primary key
);
delete from notification_positions;
