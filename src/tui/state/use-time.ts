/** The time in a component. */
import { useEffect, useState } from 'react';

const TICK_MS = 100;

/** Milliseconds since the epoch, moving only while something has to be seen moving: a spinner. */
export function useTime(running: boolean, now: () => number): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    if (!running) return;
    setTime(now());
    const timer = setInterval(() => setTime(now()), TICK_MS);
    return () => clearInterval(timer);
  }, [running, now]);
  return time;
}
