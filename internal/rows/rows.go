// Package rows keeps measurements: a file of JSON values, one a line, that grows at its end.
package rows

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Read reads values that follow one another, as lines or spread over several, and refuses more than most. What
// makes a value wrong is said by its UnmarshalJSON.
func Read[T any](in io.Reader, most int) ([]T, error) {
	var rows []T
	for d := json.NewDecoder(in); ; {
		var row T
		switch err := d.Decode(&row); {
		case err == io.EOF:
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("row %d: %w", len(rows)+1, err)
		case len(rows) == most:
			return nil, fmt.Errorf("more than %d rows", most)
		}
		rows = append(rows, row)
	}
}

// Append adds a row to the end of a file, which it makes if it is not there.
func Append(path string, row any) (err error) {
	var line bytes.Buffer
	if err := json.NewEncoder(&line).Encode(row); err != nil {
		return fmt.Errorf("a row for %s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = f.Write(line.Bytes())
	return err
}
