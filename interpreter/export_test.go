package interpreter

import "github.com/qwen-agent/qwen-agent/interpreter/sandbox"

// ProcessOf is the child that a session has now, for tests that look at it from outside;
// nil after Close.
func ProcessOf(s *Session) *sandbox.Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child == nil {
		return nil
	}
	return s.child.proc
}
