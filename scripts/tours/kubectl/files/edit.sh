#!/bin/sh
sed -i "s/timeout: .*/timeout: 7s/" "$1"
