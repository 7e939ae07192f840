# . ./background.sh ARGS: kubectl ARGS in the background until this shell ends; PORT is the port that it tells of.
rm -f background.log
kubectl "$@" >background.log 2>&1 &
trap "kill $! 2>/dev/null" EXIT
for _ in $(seq 100); do
  PORT=$(sed -n 's/.*127.0.0.1:\([0-9]*\)\( .*\|\)$/\1/p' background.log | head -1)
  [ -n "$PORT" ] && break
  sleep 0.1
done
