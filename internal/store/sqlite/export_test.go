package sqlite

// SetLargeDocument changes the size from which on documents are kept outside of blocks.
func (s *Store) SetLargeDocument(size int) { s.codec.largeDocument = size }
