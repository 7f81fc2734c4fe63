select revision, data from creditfold_snapshots.snapshots where stream = $1
