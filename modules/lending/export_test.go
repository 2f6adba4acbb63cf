package lending

// Dies makes the service die between what it writes in a network and what follows from it elsewhere, so that only the queue is left.
func (s *Service) Dies(dies bool) { s.died = dies }
