/**
 * The lesson screen as one thing to load: its drawing, its keys, its words. It brings Markdown, YAML and the
 * diff along, which the first frame does not wait for (app.tsx loads it beside the course).
 */

import { lessonView } from './frame.ts';
import { pressInLesson } from './press.ts';
import { lessonSpeech } from './speech.ts';

export const lessonScreen = {
  view: lessonView,
  press: pressInLesson,
  speech: lessonSpeech,
} as const;
export type LessonScreen = typeof lessonScreen;
