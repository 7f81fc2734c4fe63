delete from creditfold_feed.topics where name = $1
