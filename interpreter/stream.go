package interpreter

import (
	"errors"
	"os"
	"strings"
	"sync"
	"time"
)

// maxOutput is how much of each stream of a cell is kept, in bytes: the first half and
// the last.
const maxOutput = 64 << 10

// stream reads one of the child's outputs, for as long as the child lives, so that the
// child never waits for us and never fills our memory.
type stream struct {
	pipe    *os.File
	show    func([]byte)  // called with what is kept of the first half; may be nil
	drained chan struct{} // answers to drain
	ended   chan struct{} // closed at the end of the stream

	mu    sync.Mutex
	head  []byte
	tail  []byte // the last bytes after head, at most twice what is kept
	total int64
}

func newStream(pipe *os.File, show func([]byte)) *stream {
	s := &stream{pipe: pipe, show: show, drained: make(chan struct{}), ended: make(chan struct{})}
	go s.read()
	return s
}

func (s *stream) read() {
	defer close(s.ended)
	buffer := make([]byte, 64<<10)
	for {
		n, err := s.pipe.Read(buffer)
		s.add(buffer[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) { // somebody drains
			s.pipe.SetReadDeadline(time.Time{})
			s.readRest(buffer)
			s.drained <- struct{}{}
		} else if err != nil {
			return
		}
	}
}

// readRest reads what is in the pipe now, without waiting for more. A pipe holds 64 KiB;
// a child that goes on writing does not keep us here.
func (s *stream) readRest(buffer []byte) {
	conn, err := s.pipe.SyscallConn()
	if err != nil {
		return
	}
	for range 16 {
		n := 0
		conn.Read(func(fd uintptr) bool {
			n, err = readNow(fd, buffer)
			return true
		})
		if n <= 0 {
			return
		}
		s.add(buffer[:n])
	}
}

// drain returns when everything that was written before has been read.
func (s *stream) drain() {
	s.pipe.SetReadDeadline(time.Unix(1, 0))
	select {
	case <-s.drained:
	case <-s.ended:
	}
}

func (s *stream) add(p []byte) {
	if len(p) == 0 {
		return
	}
	s.mu.Lock()
	s.total += int64(len(p))
	fresh := p[:min(len(p), maxOutput/2-len(s.head))]
	s.head = append(s.head, fresh...)
	if rest := p[len(fresh):]; len(rest) >= maxOutput/2 { // a flood: what came before is not kept
		s.tail = append(s.tail[:0], rest[len(rest)-maxOutput/2:]...)
	} else {
		s.tail = append(s.tail, rest...)
	}
	if len(s.tail) > maxOutput {
		s.tail = append(s.tail[:0], s.tail[len(s.tail)-maxOutput/2:]...)
	}
	show := s.show
	s.mu.Unlock()
	if show != nil && len(fresh) > 0 {
		show(fresh)
	}
}

// take returns what came since the last call, and how many bytes of it are left out.
func (s *stream) take() (text string, cut int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tail := s.tail[max(0, len(s.tail)-maxOutput/2):]
	cut = s.total - int64(len(s.head)+len(tail))
	text = string(s.head)
	if cut > 0 {
		text += "\n… " + size(cut) + " left out …\n"
	}
	text += string(tail)
	s.head, s.tail, s.total = nil, nil, 0
	return strings.ToValidUTF8(text, "\uFFFD"), cut
}
