package table

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Read reads a table from CSV, JSON or JSON lines; which of them is found out from the
// data. Every error wraps ErrFormat.
func Read(data []byte) (*Table, error) {
	if len(data) > MaxBytes {
		return nil, fault("there are %d bytes, at most %d are read", len(data), MaxBytes)
	}
	data, err := decode(data)
	if err != nil {
		return nil, err
	}
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 {
		return nil, fault("it is empty; wanted a line of column names and lines of values")
	}
	if trimmed[0] == '{' || trimmed[0] == '[' {
		return readJSON(trimmed)
	}
	return readCSV(data)
}

// decode returns data as UTF-8 without a mark at its beginning.
func decode(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return fromUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return fromUTF16(data[2:], binary.BigEndian)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, fault("byte %d is 0, so this is no text; wanted CSV or JSON", i)
	}
	if !utf8.Valid(data) {
		i := 0
		for i < len(data) {
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			i += n
		}
		return nil, fault("byte 0x%02x on line %d is not UTF-8; save the file as UTF-8", data[i], 1+bytes.Count(data[:i], []byte("\n")))
	}
	return data, nil
}

func fromUTF16(data []byte, order binary.ByteOrder) ([]byte, error) {
	if len(data)%2 != 0 {
		return nil, fault("it begins as UTF-16 and has an odd number of bytes; save the file as UTF-8")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units))), nil
}

// Values makes a column of values that were given one by one, such as the numbers of a
// list. Its name counts as made up.
func Values(name string, values []string) Column {
	c := Column{Name: name, Made: true, Text: make([]string, len(values))}
	for i, v := range values {
		c.Text[i] = clean(v)
	}
	c.recognise()
	return c
}
