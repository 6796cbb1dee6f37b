/** The ladders of kernels/ladder, climbed: what each rung moves, how long it takes, and what that should be. */
package anneal.study.ladder;
