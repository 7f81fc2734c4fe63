-- Organisations that have ever set up a channel: the others need not be folded to know that nothing is sent to them.
create table channel_owners (
  organisation text collate "C" primary key
);

-- Who has is only known of what was followed since: everything is followed once more, and what was told keeps its id.
-- In a table of its own, because an older process that still follows keeps its position, and keeps no owners.
create table outbox_positions (like notification_positions including all);
