/** What a YAML file is to its author, for messages: whose rules it breaks, and where these are told. */
export interface FileKind {
  /** At the beginning of a sentence: 'A lesson file'. */
  readonly file: string;
  /** The folder that nothing may lead out of: "the course's folder". */
  readonly folder: string;
  /** In the middle of one: 'a lesson'. */
  readonly whole: string;
  /** Where it is told what such a file may say. */
  readonly guide: string;
}

export const LESSON_FILE: FileKind = {
  file: 'A lesson file',
  folder: "the course's folder",
  whole: 'a lesson',
  guide: 'docs/authors.md tells what it may say.',
};

export const SCENE_FILE: FileKind = {
  file: 'A scene',
  folder: "the scene's folder",
  whole: 'a scene',
  guide: 'docs/scenes.md tells what a scene may say.',
};
