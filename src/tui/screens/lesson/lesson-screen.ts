/**
 * The lesson screen as one thing to load: its drawing, its keys, its words. It brings Markdown, YAML and the
 * diff along, which the first frame does not wait for (app.tsx loads it beside the course).
 */
import { pressInLesson, readLog } from '../../state/perform.ts';
import { lessonView } from './lesson-frame.ts';
import { lessonSpeech } from './lesson-speech.ts';

export const lessonScreen = {
  view: lessonView,
  press: pressInLesson,
  speech: lessonSpeech,
  readLog,
} as const;
export type LessonScreen = typeof lessonScreen;
