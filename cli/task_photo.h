/* cli/task_photo.h - redline task photo: photos of the field. */
#ifndef RDL_CLI_TASK_PHOTO_H
#define RDL_CLI_TASK_PHOTO_H

int task_photo(int argc, char **argv);

#endif
