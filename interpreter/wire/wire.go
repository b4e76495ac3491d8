// Package wire has the frames that a session and its child exchange over a pipe.
//
// A frame is a length in four bytes, big endian, and as many bytes of JSON. Either side
// may be an enemy: a length is judged before it is believed, memory grows with the bytes
// that have come and not with the length that was claimed, and only JSON crosses.
package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Max is the longest payload of a frame, in bytes.
const Max = 16 << 20

// ErrFormat is wrapped by every error that the other side's bytes are to blame for.
var ErrFormat = errors.New("malformed frame")

// Write sends v as one frame.
func Write(w io.Writer, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("wire: write a frame: %w", err)
	}
	return WriteRaw(w, body)
}

// WriteRaw sends payload, which need not be JSON, as one frame.
func WriteRaw(w io.Writer, payload []byte) error {
	if len(payload) > Max {
		return fmt.Errorf("wire: write a frame: %d bytes, wanted at most %d", len(payload), Max)
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(payload)), uint32(len(payload)))
	if _, err := w.Write(append(frame, payload...)); err != nil {
		return fmt.Errorf("wire: write a frame: %w", err)
	}
	return nil
}

// Read receives one frame of at most limit bytes and decodes it into v, a pointer. The
// error is io.EOF if the stream ends before a frame begins, and wraps ErrFormat if the
// bytes are not a frame.
func Read(r io.Reader, limit int, v any) error {
	body, err := ReadRaw(r, limit)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("wire: read a frame: %w: %w", ErrFormat, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("wire: read a frame: %w: more than one value in it", ErrFormat)
	}
	return nil
}

// ReadRaw receives the payload of one frame; see Read for its errors.
func ReadRaw(r io.Reader, limit int) ([]byte, error) {
	var head [4]byte
	if n, err := io.ReadFull(r, head[:]); err != nil {
		if n == 0 && err == io.EOF {
			return nil, io.EOF
		}
		return nil, short(err, "its length", n, 4)
	}
	size := int64(binary.BigEndian.Uint32(head[:]))
	if size > int64(limit) {
		return nil, fmt.Errorf("wire: read a frame: %w: its length is %d, wanted at most %d", ErrFormat, size, limit)
	}
	var body bytes.Buffer
	if n, err := io.CopyN(&body, r, size); err != nil {
		return nil, short(err, "its payload", int(n), int(size))
	}
	return body.Bytes(), nil
}

// short is the error of a frame that stopped in the middle.
func short(err error, part string, got, want int) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("wire: read a frame: %w: the stream ends after %d of the %d bytes of %s", ErrFormat, got, want, part)
	}
	return fmt.Errorf("wire: read a frame: %w", err)
}
