package wire

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	var pipe bytes.Buffer
	want := Reply{ID: 7, Value: "é\x00\n", Error: &Error{Type: "ValueError", Message: "no", Line: 3}}
	if err := Write(&pipe, want); err != nil {
		t.Fatal(err)
	}
	var got Reply
	if err := Read(&pipe, Max, &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != want.ID || got.Value != want.Value || *got.Error != *want.Error {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err := Read(&pipe, Max, &got); err != io.EOF {
		t.Errorf("at the end: %v, want io.EOF", err)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct{ name, bytes, want string }{
		{"half a length", "\x00\x00", "ends after 2 of the 4 bytes of its length"},
		{"too long", "\xff\xff\xff\xff{}", "its length is 4294967295, wanted at most 1024"},
		{"cut", "\x00\x00\x00\x05{}", "ends after 2 of the 5 bytes of its payload"},
		{"empty", "\x00\x00\x00\x00", "EOF"},
		{"not JSON", "\x00\x00\x00\x02{]", "invalid character"},
		{"two values", "\x00\x00\x00\x04{}{}", "more than one value"},
		{"unknown field", "\x00\x00\x00\x0a{\"nope\":1}", "nope"},
		{"another type", "\x00\x00\x00\x08{\"id\":-}", "invalid character"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var reply Reply
			err := Read(strings.NewReader(test.bytes), 1024, &reply)
			if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want ErrFormat with %q", err, test.want)
			}
		})
	}
}

// TestReadClaim shows that a length that is only claimed costs no memory.
func TestReadClaim(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 64 {
		if _, err := ReadRaw(strings.NewReader("\x00\xff\xff\xff{}"), Max); !errors.Is(err, ErrFormat) {
			t.Fatalf("got %v, want ErrFormat", err)
		}
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("64 frames that claim 16 MiB and bring 2 bytes allocated %d bytes", grown)
	}
}

func TestWriteTooLong(t *testing.T) {
	if err := WriteRaw(io.Discard, make([]byte, Max+1)); err == nil {
		t.Error("a payload above Max was written")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x02{}"))
	f.Add([]byte("\x00\x00\x00\x0e{\"ready\":true}\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		for {
			var reply Reply
			err := Read(r, 1<<16, &reply)
			if err == io.EOF {
				return
			}
			if err != nil {
				if !errors.Is(err, ErrFormat) {
					t.Fatalf("error of another kind: %v", err)
				}
				return
			}
			var again bytes.Buffer
			if err := Write(&again, reply); err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
		}
	})
}
