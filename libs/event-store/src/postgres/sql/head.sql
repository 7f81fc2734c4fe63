select position from creditfold_events.heads
