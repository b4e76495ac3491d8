# try: call a program with asyncio
# layer: network namespace
# effect: answer: the listener is called
# want: PermissionError
import asyncio
reader, writer = await asyncio.open_connection('127.0.0.1', TCP4)
print(await reader.read(100))
