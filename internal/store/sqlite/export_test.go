package sqlite

// SetLargeDocument changes the size from which on documents are kept outside of blocks.
func (s *Store) SetLargeDocument(size int) { s.codec.largeDocument = size }

// SetSpan changes how many places of the log are looked up at once.
func (s *Store) SetSpan(places int64) { s.cache.span.places = places }
