package hub

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// answer is a response whose headers came in time.
type answer struct {
	*http.Response
	linked string        // sha256 that the link's own host told; "" if none
	left   int64         // bytes of the body that are still wanted
	stall  time.Duration // without a byte, after which watch fires
	watch  *time.Timer
}

// read reads from the body, for at most stall without a byte.
func (a *answer) read(b []byte) (int, error) {
	a.watch.Reset(a.stall)
	n, err := a.Body.Read(b)
	a.watch.Stop()
	return n, err
}

// surplus returns an error if the body goes on behind its end: then what came before
// cannot be trusted either.
func (a *answer) surplus() error {
	var b [1]byte
	if n, _ := io.ReadFull(readerFunc(a.read), b[:]); n > 0 {
		return errLonger
	}
	return nil
}

var errLonger = errors.New("the server sends more bytes than it announced")

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// refused returns why the answer does not give the file, or nil.
func (a *answer) refused(token bool) error {
	switch {
	case a.StatusCode == http.StatusOK || a.StatusCode == http.StatusPartialContent:
		if enc := a.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
			return fmt.Errorf("the answer is packed as %q, wanted the bytes of the file", enc)
		}
		return nil
	case a.StatusCode == http.StatusNotFound || a.StatusCode == http.StatusGone:
		return fmt.Errorf("does not have the file (%s)", a.Status)
	case (a.StatusCode == http.StatusUnauthorized || a.StatusCode == http.StatusForbidden) && !token:
		return fmt.Errorf("refuses the file (%s); a private or gated model needs HF_TOKEN", a.Status)
	case a.StatusCode == http.StatusUnauthorized || a.StatusCode == http.StatusForbidden:
		return fmt.Errorf("refuses the file to the owner of HF_TOKEN (%s)", a.Status)
	}
	return fmt.Errorf("answers %q", a.Status)
}

// retryAfter returns how long the server asks to wait, at most 30 seconds.
func (a *answer) retryAfter() time.Duration {
	n, err := strconv.Atoi(a.Header.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, 30)) * time.Second
}

// contentRange is bytes [start, end) of total.
type contentRange struct{ start, end, total int64 }

var rangePattern = regexp.MustCompile(`^bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})$`)

func (a *answer) rangeOf() (contentRange, error) {
	text := a.Header.Get("Content-Range")
	m := rangePattern.FindStringSubmatch(text)
	if m == nil {
		if len(text) > 80 {
			text = text[:80]
		}
		return contentRange{}, fmt.Errorf("the answer's Content-Range is %q, wanted bytes FIRST-LAST/SIZE", text)
	}
	var n [3]int64
	for i := range n {
		n[i], _ = strconv.ParseInt(m[i+1], 10, 64) // 18 digits fit
	}
	r := contentRange{n[0], n[1] + 1, n[2]}
	if r.start >= r.end || r.end > r.total {
		return r, fmt.Errorf("the answer's Content-Range is %q, which is no range of a file", text)
	}
	return r, nil
}
