# try: write what is no text, and control characters
# layer: session
# effect: parent: it fails
# want: .
# bare: no, the parent reads it without a sandbox too
import os
os.write(1, bytes(range(256)) * 1000)
os.write(2, b'\xed\xa0\x80\xf8\x88\x80\x80\x80' * 1000)
